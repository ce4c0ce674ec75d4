"""Invented Go installations: shell scripts called `go`, and GOROOTs with nothing else in them."""

from __future__ import annotations

from pathlib import Path

#: What a `go` does that can download: lists versions, and unpacks one into the module cache.
_DOWNLOADER = r"""#!/bin/sh
case "$1" in
version) echo "go version go1.26.0 linux/amd64" ;;
list) cat <<'EOF'
golang.org/toolchain v0.0.1-go1.24rc1.linux-amd64 v0.0.1-go1.24.0.linux-amd64 v0.0.1-go1.24.0.linux-arm64 v0.0.1-go1.24.10.linux-amd64 v0.0.1-go1.24.9.linux-amd64 v0.0.1-go1.9.2rc2.linux-amd64 v0.0.1-go1.25.0-custom.linux-amd64 v0.0.1-go1.25.0.linux-amd64
EOF
;;
env) echo "${GOSUMDB:-on}" ;;
mod)
  case "$4" in
  *go1.24.0.linux-amd64)
    dir="$GOMODCACHE/golang.org/toolchain@v0.0.1-go1.24.0.linux-amd64"
    mkdir -p "$dir/bin" "$dir/pkg/tool/linux_amd64" "$dir/src"
    printf 'go1.24.0\ntime 2025-02-10T23:33:55Z\n' >"$dir/VERSION"
    for file in bin/go pkg/tool/linux_amd64/link src/_go.mod; do echo x >"$dir/$file"; done
    chmod -R a-wx,a+X "$dir"
    printf '{"Path": "golang.org/toolchain", "Dir": "%s", "Sum": "h1:abc="}' "$dir" ;;
  *go1.25.0.linux-amd64) echo '{"Error": "checksum mismatch"}'; exit 1 ;;
  *) echo '{"Error": "404 Not Found"}'; exit 1 ;;
  esac ;;
esac
"""  # noqa: E501 - one line, as Go prints it


def fake_go(path: Path, script: str) -> Path:
    """An executable shell script in place of `go`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def downloader(path: Path) -> Path:
    """A `go` that can fetch go1.24.0 for linux-amd64, and that fails with go1.25.0."""
    return fake_go(path, _DOWNLOADER)


def goroot(folder: Path, version: str = "go1.24.0") -> Path:
    """A folder that looks like an installation of Go."""
    (folder / "src").mkdir(parents=True)
    (folder / "VERSION").write_text(f"{version}\ntime 2025-02-10T23:33:55Z\n")
    fake_go(folder / "bin" / "go", f'echo "go version {version} linux/amd64"')
    return folder
