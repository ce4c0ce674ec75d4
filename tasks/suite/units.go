// Command units tells which declarations of a package each of its benchmark functions uses.
//
// Its first argument is a JSON file with the name of each package that may be imported, by path, the others are the
// package's Go files. It writes JSON: see report. Standard library alone, so that any toolchain builds it without
// fetching anything.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
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
	// after is where the declaration before it ends: directives in between are this one's, as for the compiler.
	after token.Pos
	// iota and inherited tell what a constant without a value of its own is.
	iota      int
	inherited *ast.ValueSpec
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

// pureBuiltins write nothing and call nothing.
var pureBuiltins = map[string]bool{
	"len": true, "cap": true, "make": true, "new": true, "min": true, "max": true, "complex": true, "real": true, "imag": true,
}

const orderName = "the order of initialisers"

type program struct {
	fset    *token.FileSet
	info    *types.Info
	pkg     *types.Package
	decls   map[string]*declaration
	order   []string
	methods map[string][]string // by type
	inits   int
}

func main() {
	names := map[string]string{}
	if text, err := os.ReadFile(os.Args[1]); err != nil {
		fatal(err)
	} else if err := json.Unmarshal(text, &names); err != nil {
		fatal(err)
	}
	p := (&program{fset: token.NewFileSet()}).again()
	var inside, outside []*ast.File
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
		if strings.HasSuffix(file.Name.Name, "_test") && strings.HasSuffix(name, "_test.go") {
			outside = append(outside, file)
		} else {
			inside = append(inside, file)
		}
	}
	write(p.both(inside, outside, names))
}

// both reports a package together with its tests that are a package of their own, as they are in one binary.
func (p *program) both(inside, outside []*ast.File, names map[string]string) report {
	if len(outside) == 0 {
		return p.report(inside, names)
	}
	if len(inside) == 0 {
		return p.report(outside, names)
	}
	r, other := p.report(inside, names), p.again().report(outside, names)
	everything := make([]string, 0, len(r.Hashes))
	for name := range r.Hashes {
		everything = append(everything, name)
	}
	apart := func(names []string) []string {
		found := make([]string, len(names))
		for i, name := range names {
			found[i] = "_test." + name
		}
		return found
	}
	for name, hash := range other.Hashes {
		r.Hashes["_test."+name] = hash
	}
	for name, imports := range other.Imports {
		r.Imports["_test."+name] = imports
	}
	for name, patterns := range other.Embeds {
		r.Embeds["_test."+name] = patterns
	}
	for unit, used := range other.Units {
		// What it uses of the package is not looked into.
		r.Units[unit] = append(append(apart(used), everything...), r.Units[unit]...)
	}
	r.Always = append(r.Always, apart(other.Always)...)
	r.AlwaysImports = append(r.AlwaysImports, other.AlwaysImports...)
	return r
}

// again is a program that knows nothing yet.
func (p *program) again() *program {
	return &program{
		fset: p.fset, decls: map[string]*declaration{}, methods: map[string][]string{},
		info: &types.Info{
			Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
		},
	}
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
	whole := false
	for _, file := range files {
		for _, imported := range file.Imports {
			// Its names can't be told from the package's own: then everything uses everything.
			whole = whole || imported.Name != nil && imported.Name.Name == "."
		}
		p.collect(file)
	}
	config := types.Config{Importer: emptyImporter{names}, Error: func(error) {}, FakeImportC: true}
	// Errors are expected: nothing is known of other packages.
	p.pkg, _ = config.Check(files[0].Name.Name, p.fset, files, p.info)
	p.collectMethods()

	r := report{
		Hashes: map[string]string{}, Units: map[string][]string{}, Imports: map[string][]string{}, Embeds: map[string][]string{},
	}
	uses := map[string][]string{}
	var order []string
	for _, name := range p.order {
		d := p.decls[name]
		r.Hashes[name] = p.hash(d)
		uses[name], r.Imports[name] = p.uses(d)
		if len(d.embeds) > 0 {
			r.Embeds[name] = d.embeds
		}
		if p.runsAlways(d) {
			r.Always = append(r.Always, name)
			order = append(order, r.Hashes[name])
		}
	}
	if len(order) > 1 {
		// The order of what has side effects is a side effect.
		r.Hashes[orderName] = fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(order, " "))))
		r.Always = append(r.Always, orderName)
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
				from := []string{name}
				if whole {
					from = p.order
				}
				r.Units[unit] = closure(from, uses, p.methods)
			}
		}
	}
	return r
}

// collect notes the declarations of a file.
func (p *program) collect(file *ast.File) {
	after := file.Name.End()
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			switch {
			case decl.Recv != nil && len(decl.Recv.List) == 1:
				name = receiver(decl.Recv.List[0].Type) + "." + name
			case name == "init" || name == "_":
				name = p.unnamed(name)
			}
			p.add(&declaration{name: name, node: decl, file: file, after: after})
		case *ast.GenDecl:
			p.collectSpecs(decl, file, after)
		}
		after = decl.End()
	}
}

// unnamed gives what has no name of its own one that does not depend on where it stands.
func (p *program) unnamed(what string) string {
	p.inits++
	return fmt.Sprintf("%s #%d", what, p.inits)
}

func (p *program) collectSpecs(decl *ast.GenDecl, file *ast.File, after token.Pos) {
	var inherited *ast.ValueSpec
	for index, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			p.add(&declaration{name: spec.Name.Name, node: spec, file: file, after: after})
		case *ast.ValueSpec:
			embeds := append(embedded(decl.Doc), embedded(spec.Doc)...)
			constant := -1
			if decl.Tok == token.CONST {
				constant = index
				if len(spec.Values) > 0 {
					inherited = spec
				}
			}
			for _, name := range spec.Names {
				called := name.Name
				if called == "_" {
					called = p.unnamed("_")
				}
				d := &declaration{name: called, node: spec, file: file, embeds: embeds, after: after, iota: constant}
				if constant >= 0 && len(spec.Values) == 0 {
					d.inherited = inherited
				}
				p.add(d)
			}
		}
		after = spec.End()
	}
}

func (p *program) add(d *declaration) {
	if _, known := p.decls[d.name]; !known {
		p.order = append(p.order, d.name)
	}
	p.decls[d.name] = d
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

// hash is over the tokens of a declaration as gofmt prints it, the packages that its names mean, and its directives.
func (p *program) hash(d *declaration) string {
	sum := sha256.New()
	p.tokens(sum, d.node)
	if d.inherited != nil {
		p.tokens(sum, d.inherited)
	}
	if d.iota > 0 && (usesIota(d.node) || d.inherited != nil && usesIota(d.inherited)) {
		fmt.Fprintf(sum, "iota %d\x00", d.iota)
	}
	for _, line := range p.meanings(d) {
		fmt.Fprintf(sum, "%s\x00", line)
	}
	for _, directive := range p.directives(d) {
		fmt.Fprintf(sum, "%s\x00", directive)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (p *program) tokens(sum io.Writer, node ast.Node) {
	var printed bytes.Buffer
	if err := format.Node(&printed, p.fset, node); err != nil {
		fatal(err)
	}
	source := printed.Bytes()
	var s scanner.Scanner
	local := token.NewFileSet()
	s.Init(local.AddFile("", local.Base(), len(source)), source, func(token.Position, string) {}, 0)
	separator := ""
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF {
			return
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
}

func usesIota(node ast.Node) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "iota" {
			found = true
		}
		return !found
	})
	return found
}

// meanings are the imported packages that a declaration names, with the names that it has for them.
func (p *program) meanings(d *declaration) []string {
	found := map[string]bool{}
	ast.Inspect(d.node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if imported, ok := p.info.Uses[id].(*types.PkgName); ok {
				found[id.Name+" "+imported.Imported().Path()] = true
			}
		}
		return true
	})
	return sorted(found)
}

// directives are those inside a declaration and between it and the one before.
func (p *program) directives(d *declaration) []string {
	var found []string
	for _, group := range d.file.Comments {
		for _, comment := range group.List {
			if comment.Pos() >= d.after && comment.End() <= d.node.End() && strings.HasPrefix(comment.Text, "//go:") {
				found = append(found, comment.Text)
			}
		}
	}
	return found
}

// loose are the directives of a file that belong to no declaration, such as go:debug, and those that name what they are
// about, such as go:linkname.
func (p *program) loose(file *ast.File) string {
	first, last := file.Name.End(), file.Name.End()
	for _, decl := range file.Decls {
		last = decl.End()
	}
	var found []string
	for _, group := range file.Comments {
		for _, comment := range group.List {
			text := comment.Text
			belongs := comment.Pos() >= first && comment.End() <= last && !strings.HasPrefix(text, "//go:linkname")
			if strings.HasPrefix(text, "//go:") && !strings.HasPrefix(text, "//go:generate") && !belongs {
				found = append(found, text)
			}
		}
	}
	return strings.Join(found, "\n")
}

// uses are the declarations and the imported packages that a declaration names.
func (p *program) uses(d *declaration) (declarations, imports []string) {
	named, imported := map[string]bool{}, map[string]bool{}
	scope := p.pkg.Scope()
	look := func(id *ast.Ident, selected bool) {
		object := p.info.Uses[id]
		if object == nil && p.info.Defs[id] == nil && !selected {
			// What could not be resolved counts as used if it can be meant. What is selected from something is a
			// field, a method or another package's, never a declaration of this package.
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
	}
	inspect := func(node ast.Node) {
		selected := map[*ast.Ident]bool{}
		ast.Inspect(node, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				selected[n.Sel] = true
			case *ast.Ident:
				look(n, selected[n])
			}
			return true
		})
	}
	inspect(d.node)
	if d.inherited != nil {
		inspect(d.inherited)
	}
	return sorted(named), sorted(imported)
}

// runsAlways reports whether a declaration does something before any benchmark runs.
func (p *program) runsAlways(d *declaration) bool {
	if strings.HasPrefix(d.name, "init #") || d.name == "TestMain" {
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

// isPure reports whether a call changes nothing but what it returns, whatever it is given.
func (p *program) isPure(call *ast.CallExpr) bool {
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	kind := p.info.Types[fun]
	if kind.IsType() {
		return true
	}
	if kind.IsBuiltin() {
		name, ok := fun.(*ast.Ident)
		return ok && pureBuiltins[name.Name]
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
		if !known {
			return false
		}
		// Those of sync only keep the function that they are given.
		if imported.Imported().Path() != "sync" && p.mayCallBack(call.Args) {
			return false
		}
		if functions == nil {
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

// mayCallBack reports whether arguments could bring code of this package into a call: functions, and values whose
// types may have methods.
func (p *program) mayCallBack(arguments []ast.Expr) bool {
	found := false
	for _, argument := range arguments {
		ast.Inspect(argument, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				found = true
			case *ast.Ident:
				switch object := p.info.Uses[n].(type) {
				case *types.Func, *types.Var:
					found = found || object.Parent() == p.pkg.Scope()
				case *types.TypeName:
					found = found || object.Parent() == p.pkg.Scope()
				}
			}
			return !found
		})
	}
	return found
}

// collectMethods notes the methods of each type, also those that are declared on another name of it.
func (p *program) collectMethods() {
	for _, name := range p.order {
		function, ok := p.decls[name].node.(*ast.FuncDecl)
		if !ok || function.Recv == nil {
			continue
		}
		owner, _, _ := strings.Cut(name, ".")
		p.methods[owner] = append(p.methods[owner], name)
		if object, ok := p.info.Defs[function.Name].(*types.Func); ok {
			if real := nameOf(object.Type().(*types.Signature).Recv().Type()); real != "" && real != owner {
				p.methods[real] = append(p.methods[real], name)
			}
		}
	}
}

func nameOf(t types.Type) string {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
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
