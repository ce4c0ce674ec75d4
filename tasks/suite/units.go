// Command units tells which declarations of a package each of its benchmark functions uses.
//
// Its first argument is a JSON file with the name of each package that may be imported, by path, the others are the
// package's Go files. It writes JSON: see report. Standard library alone, so that any toolchain builds it without
// fetching anything.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// report is what the program writes. Declarations are named as they are called: Helper, Type, Type.Method.
type report struct {
	// Hashes has, by declaration, the hash of its tokens: comments and formatting are not in it, directives are.
	Hashes map[string]string `json:"hashes"`
	// Units has, by benchmark function (without Benchmark), the declarations that it uses, itself included.
	Units map[string][]string `json:"units"`
	// Imports has the packages that a declaration names.
	Imports map[string][]string `json:"imports"`
	// Always are declarations that take part in every run: init, TestMain, variables set by calls.
	Always []string `json:"always"`
	// AlwaysImports are imported for their side effects.
	AlwaysImports []string `json:"always_imports"`
	// Embeds has the patterns of files that a variable embeds.
	Embeds map[string][]string `json:"embeds"`
	// Unresolved says why nothing can be told apart; then every unit uses everything.
	Unresolved string `json:"unresolved"`
}

// declaration is a package-level declaration: what it is called, its source, and what must come along with it.
type declaration struct {
	name   string
	node   ast.Node
	file   *ast.File
	embeds []string
}

// emptyImporter gives packages that have a name and nothing in them. Which declarations of this package a name
// means is decided without knowing what others contain: a value of a type of this package can only come from
// declarations that name the type, and a type brings all its methods.
type emptyImporter struct{ names map[string]string }

func (e emptyImporter) Import(importPath string) (*types.Package, error) {
	name, ok := e.names[importPath]
	if !ok {
		name = path.Base(importPath)
	}
	p := types.NewPackage(importPath, name)
	p.MarkComplete()
	return p, nil
}

// pure are functions of the standard library that change nothing outside of what they return, so that a variable
// set by them takes part only in runs that use it. An empty list stands for a whole package.
var pure = map[string][]string{
	"unsafe":       nil,
	"errors":       nil,
	"strings":      nil,
	"bytes":        nil,
	"strconv":      nil,
	"math":         nil,
	"math/bits":    nil,
	"unicode":      nil,
	"unicode/utf8": nil,
	"fmt":          {"Sprint", "Sprintf", "Sprintln", "Errorf"},
	"regexp":       {"MustCompile"},
	"sync":         {"OnceFunc", "OnceValue", "OnceValues"},
	"math/rand":    {"New", "NewSource"},
	"math/rand/v2": {"New", "NewPCG", "NewChaCha8"},
	"encoding/hex": {"DecodeString", "EncodeToString"},
	"hash/crc32":   {"MakeTable"},
	"time":         {"Duration"},
}

type program struct {
	fset    *token.FileSet
	sources map[*ast.File][]byte
	info    *types.Info
	pkg     *types.Package
	decls   map[string]*declaration
	order   []string
	methods map[string][]string // by type
}

func main() {
	names := map[string]string{}
	if text, err := os.ReadFile(os.Args[1]); err != nil {
		fatal(err)
	} else if err := json.Unmarshal(text, &names); err != nil {
		fatal(err)
	}
	p := &program{
		fset: token.NewFileSet(), sources: map[*ast.File][]byte{}, decls: map[string]*declaration{}, methods: map[string][]string{},
		info: &types.Info{
			Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
		},
	}
	var files []*ast.File
	for _, name := range os.Args[2:] {
		source, err := os.ReadFile(name)
		if err != nil {
			fatal(err)
		}
		file, err := parser.ParseFile(p.fset, filepath.Base(name), source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			// What does not parse does not compile: that is a result of the build, for which all of it counts.
			write(report{Unresolved: err.Error()})
			return
		}
		p.sources[file] = source
		files = append(files, file)
	}
	write(p.report(files, names))
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "units:", err)
	os.Exit(1)
}

func write(r report) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(r); err != nil {
		fatal(err)
	}
}

func (p *program) report(files []*ast.File, names map[string]string) report {
	for _, file := range files {
		if file.Name.Name != files[0].Name.Name {
			return report{Unresolved: "two packages in one folder"}
		}
		for _, imported := range file.Imports {
			if imported.Name != nil && imported.Name.Name == "." {
				return report{Unresolved: "an import whose names can't be told from the package's own"}
			}
		}
		p.collect(file)
	}
	config := types.Config{Importer: emptyImporter{names}, Error: func(error) {}, FakeImportC: true}
	// Errors are expected: nothing is known of other packages.
	p.pkg, _ = config.Check(files[0].Name.Name, p.fset, files, p.info)

	r := report{
		Hashes: map[string]string{}, Units: map[string][]string{}, Imports: map[string][]string{}, Embeds: map[string][]string{},
	}
	uses := map[string][]string{}
	for _, name := range p.order {
		d := p.decls[name]
		r.Hashes[name] = p.hash(d)
		uses[name], r.Imports[name] = p.uses(d)
		if len(d.embeds) > 0 {
			r.Embeds[name] = d.embeds
		}
		if p.runsAlways(d) {
			r.Always = append(r.Always, name)
		}
	}
	for _, file := range files {
		for _, imported := range file.Imports {
			if imported.Name != nil && imported.Name.Name == "_" {
				r.AlwaysImports = append(r.AlwaysImports, strings.Trim(imported.Path.Value, `"`))
			}
		}
	}
	for _, file := range files {
		if text := p.loose(file); text != "" {
			name := "directives " + filepath.Base(p.fset.File(file.Pos()).Name())
			r.Hashes[name] = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
			r.Always = append(r.Always, name)
		}
	}
	r.Always = closure(r.Always, uses, p.methods)
	for _, name := range p.order {
		if function, ok := p.decls[name].node.(*ast.FuncDecl); ok && function.Recv == nil {
			if unit, found := strings.CutPrefix(name, "Benchmark"); found && unit != "" {
				r.Units[unit] = closure([]string{name}, uses, p.methods)
			}
		}
	}
	return r
}

// collect notes the declarations of a file.
func (p *program) collect(file *ast.File) {
	for number, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			switch {
			case decl.Recv != nil && len(decl.Recv.List) == 1:
				typeName := receiver(decl.Recv.List[0].Type)
				name = typeName + "." + name
				p.methods[typeName] = append(p.methods[typeName], name)
			case name == "init" || name == "_":
				name = fmt.Sprintf("%s %s#%d", name, p.fset.File(file.Pos()).Name(), number)
			}
			p.add(name, decl, file, nil)
		case *ast.GenDecl:
			p.collectSpecs(decl, file, number)
		}
	}
}

func (p *program) collectSpecs(decl *ast.GenDecl, file *ast.File, number int) {
	together := decl.Tok == token.CONST && countsOn(decl)
	for index, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			p.add(spec.Name.Name, spec, file, nil)
		case *ast.ValueSpec:
			var node ast.Node = spec
			if together {
				node = decl
			}
			embeds := append(embedded(decl.Doc), embedded(spec.Doc)...)
			for _, name := range spec.Names {
				called := name.Name
				if called == "_" {
					called = fmt.Sprintf("_ %s#%d.%d", p.fset.File(file.Pos()).Name(), number, index)
				}
				p.add(called, node, file, embeds)
			}
		}
	}
}

func (p *program) add(name string, node ast.Node, file *ast.File, embeds []string) {
	if _, known := p.decls[name]; !known {
		p.order = append(p.order, name)
	}
	p.decls[name] = &declaration{name, node, file, embeds}
}

// countsOn reports whether constants of a group depend on their place in it.
func countsOn(decl *ast.GenDecl) bool {
	found := false
	for _, spec := range decl.Specs {
		if value, ok := spec.(*ast.ValueSpec); ok && len(value.Values) == 0 {
			found = true
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "iota" {
			found = true
		}
		return !found
	})
	return found
}

func receiver(expr ast.Expr) string {
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// embedded are the patterns of go:embed directives.
func embedded(doc *ast.CommentGroup) []string {
	var patterns []string
	if doc != nil {
		for _, comment := range doc.List {
			if rest, ok := strings.CutPrefix(comment.Text, "//go:embed "); ok {
				patterns = append(patterns, strings.Fields(rest)...)
			}
		}
	}
	return patterns
}

// hash is over the tokens of a declaration and over the directives in and before it.
func (p *program) hash(d *declaration) string {
	sum := sha256.New()
	tokenFile := p.fset.File(d.file.Pos())
	from, to := tokenFile.Offset(d.node.Pos()), tokenFile.Offset(d.node.End())
	source := p.sources[d.file][from:to]
	var s scanner.Scanner
	local := token.NewFileSet()
	s.Init(local.AddFile("", local.Base(), len(source)), source, func(token.Position, string) {}, 0)
	separator := ""
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		switch tok {
		case token.SEMICOLON, token.COMMA:
			// Before a closing bracket they are there or not, as the lines are broken.
			separator = tok.String()
			continue
		case token.RBRACE, token.RPAREN, token.RBRACK:
			separator = ""
		}
		fmt.Fprintf(sum, "%s %d %s\x00", separator, tok, literal)
		separator = ""
	}
	for _, directive := range p.directives(d) {
		fmt.Fprintf(sum, "%s\x00", directive)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (p *program) directives(d *declaration) []string {
	from, to := d.node.Pos(), d.node.End()
	if doc := docOf(d.node, d.file); doc != nil {
		from = doc.Pos()
	}
	var found []string
	for _, group := range d.file.Comments {
		for _, comment := range group.List {
			if comment.Pos() >= from && comment.End() <= to && strings.HasPrefix(comment.Text, "//go:") {
				found = append(found, comment.Text)
			}
		}
	}
	return found
}

// loose are the directives of a file that belong to no declaration, such as go:debug and a go:linkname by itself. Those
// that only say what is compiled or generated are left out: what is compiled is known by its files.
func (p *program) loose(file *ast.File) string {
	taken := map[token.Pos]bool{}
	for _, name := range p.order {
		d := p.decls[name]
		if d.file != file {
			continue
		}
		from, to := d.node.Pos(), d.node.End()
		if doc := docOf(d.node, file); doc != nil {
			from = doc.Pos()
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if comment.Pos() >= from && comment.End() <= to {
					taken[comment.Pos()] = true
				}
			}
		}
	}
	var found []string
	for _, group := range file.Comments {
		for _, comment := range group.List {
			text := comment.Text
			isOther := strings.HasPrefix(text, "//go:build") || strings.HasPrefix(text, "//go:generate")
			if strings.HasPrefix(text, "//go:") && !isOther && !taken[comment.Pos()] {
				found = append(found, text)
			}
		}
	}
	return strings.Join(found, "\n")
}

// docOf is the comment before a declaration; a lone specification has that of its declaration.
func docOf(node ast.Node, file *ast.File) *ast.CommentGroup {
	switch n := node.(type) {
	case *ast.FuncDecl:
		return n.Doc
	case *ast.GenDecl:
		return n.Doc
	case *ast.TypeSpec:
		if n.Doc != nil {
			return n.Doc
		}
	case *ast.ValueSpec:
		if n.Doc != nil {
			return n.Doc
		}
	}
	for _, decl := range file.Decls {
		if general, ok := decl.(*ast.GenDecl); ok && len(general.Specs) == 1 && general.Specs[0] == node {
			return general.Doc
		}
	}
	return nil
}

// uses are the declarations and the imported packages that a declaration names.
func (p *program) uses(d *declaration) (declarations, imports []string) {
	named, imported := map[string]bool{}, map[string]bool{}
	scope := p.pkg.Scope()
	ast.Inspect(d.node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		object := p.info.Uses[id]
		if object == nil && p.info.Defs[id] == nil {
			// What could not be resolved counts as used if it can be meant.
			object = scope.Lookup(id.Name)
		}
		switch object := object.(type) {
		case nil:
		case *types.PkgName:
			imported[object.Imported().Path()] = true
		default:
			if object.Parent() == scope && object.Name() != d.name {
				named[object.Name()] = true
			}
		}
		return true
	})
	return sorted(named), sorted(imported)
}

// runsAlways reports whether a declaration does something before any benchmark runs.
func (p *program) runsAlways(d *declaration) bool {
	if strings.HasPrefix(d.name, "init ") || d.name == "TestMain" {
		return true
	}
	value, ok := d.node.(*ast.ValueSpec)
	if !ok {
		return false
	}
	effects := false
	for _, expr := range value.Values {
		ast.Inspect(expr, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.UnaryExpr:
				effects = effects || n.Op == token.ARROW
			case *ast.CallExpr:
				effects = effects || !p.isPure(n)
			}
			return true
		})
	}
	return effects
}

func (p *program) isPure(call *ast.CallExpr) bool {
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	if kind := p.info.Types[fun]; kind.IsType() || kind.IsBuiltin() {
		return true
	}
	switch fun := fun.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.InterfaceType, *ast.FuncType, *ast.ChanType, *ast.StarExpr:
		return true
	case *ast.SelectorExpr:
		id, ok := fun.X.(*ast.Ident)
		if !ok {
			return false
		}
		imported, ok := p.info.Uses[id].(*types.PkgName)
		if !ok {
			return false
		}
		functions, known := pure[imported.Imported().Path()]
		if known && functions == nil {
			return true
		}
		for _, function := range functions {
			if function == fun.Sel.Name {
				return true
			}
		}
	}
	return false
}

// closure is what is reached from some declarations; a type brings its methods.
func closure(from []string, uses, methods map[string][]string) []string {
	reached := map[string]bool{}
	for todo := append([]string(nil), from...); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !reached[name] {
			reached[name] = true
			todo = append(append(todo, uses[name]...), methods[name]...)
		}
	}
	return sorted(reached)
}

func sorted(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
