"""Saving what `go test -c` linked, and the command that links it in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.shared.process import Finished
from tasks.suite.linking import keep_link_inputs, link, link_command, linker_of

#: What go1.24.0 printed for a package of one file, cut down to three of its 120 archives.
TRACE = """WORK={work}
mkdir -p $WORK/b001/
cat >{work}/b118/importcfg << 'EOF' # internal
# import config
EOF
cd /src/m
{goroot}/pkg/tool/linux_amd64/compile -o $WORK/b118/_pkg_.a -trimpath "/src/m=>example.com/m;$WORK/b118=>" -p main
cat >{work}/b001/importcfg << 'EOF' # internal
# import config
packagefile testing={cache}/65/6566-d
EOF
{goroot}/pkg/tool/linux_amd64/compile -o $WORK/b001/_pkg_.a -p main -importcfg $WORK/b001/importcfg -pack $WORK/b001/x
cat >{work}/b001/importcfg.link << 'EOF' # internal
packagefile example.com/m.test={work}/b001/_pkg_.a
packagefile testing={cache}/65/6566-d
packagefile example.com/m=$WORK/b118/_pkg_.a
modinfo "0w\\xaf\\fpath\\texample.com/m.test\\nbuild\\tCGO_ENABLED=0\\n"
EOF
mkdir -p $WORK/b001/exe/
cd .
GOROOT='' {goroot}/pkg/tool/linux_amd64/link -o $WORK/b001/m.test -importcfg $WORK/b001/importcfg.link -buildmode=exe \
-buildid=gPtz/IzI0/gsIV/gPtz -X testing.testBinary=1 -X=runtime.godebugDefault=panicnil=1,x=0 \
-extld=gcc $WORK/b001/_pkg_.a
{goroot}/pkg/tool/linux_amd64/buildid -w $WORK/b001/m.test # internal
mv $WORK/b001/m.test /out/m.test
"""

ARGUMENTS = [
    "-buildmode=exe",
    "-buildid=gPtz/IzI0/gsIV/gPtz",
    "-X",
    "testing.testBinary=1",
    "-X=runtime.godebugDefault=panicnil=1,x=0",
]


@pytest.fixture
def trace(tmp_path: Path) -> str:
    """The trace, with the files that it names."""
    for name in ("work/b001/_pkg_.a", "work/b118/_pkg_.a", "cache/65/6566-d"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"archive {name}")
    return TRACE.format(work=tmp_path / "work", cache=tmp_path / "cache", goroot="/go")


def test_inputs_are_kept(trace: str, tmp_path: Path) -> None:
    """Archives and their list are saved under names of our own, and the link line without what names files."""
    folder = tmp_path / "m.link"
    assert keep_link_inputs(trace, folder) == ARGUMENTS
    assert (folder / "importcfg").read_text() == (
        "packagefile example.com/m.test=0000.a\n"
        "packagefile testing=0001.a\n"
        "packagefile example.com/m=0002.a\n"
        'modinfo "0w\\xaf\\fpath\\texample.com/m.test\\nbuild\\tCGO_ENABLED=0\\n"\n'
    )
    contents = {path.name: path.read_text() for path in folder.iterdir() if path.suffix == ".a"}
    assert contents == {
        "0000.a": "archive work/b001/_pkg_.a",
        "0001.a": "archive cache/65/6566-d",
        "0002.a": "archive work/b118/_pkg_.a",
        "main.a": "archive work/b001/_pkg_.a",
    }


def test_inputs_outlive_gos_cache(trace: str, tmp_path: Path) -> None:
    """They are links to the same bytes, and stay when Go trims its cache and removes its work folder."""
    folder = tmp_path / "m.link"
    keep_link_inputs(trace, folder)
    cached = tmp_path / "cache" / "65" / "6566-d"
    assert cached.samefile(folder / "0001.a")
    cached.unlink()
    assert (folder / "0001.a").read_text() == "archive cache/65/6566-d"


def test_inputs_are_copied_where_links_are_impossible(
    trace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file system costs room, not the build."""

    def no_links(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", no_links)
    folder = tmp_path / "m.link"
    keep_link_inputs(trace, folder)
    assert (folder / "main.a").read_text() == "archive work/b001/_pkg_.a"
    assert not (folder / "0001.a").samefile(tmp_path / "cache" / "65" / "6566-d")


def test_inputs_are_replaced_as_a_whole(trace: str, tmp_path: Path) -> None:
    """What an earlier build left does not mix with the new one, and no half is left when something is missing."""
    folder = tmp_path / "m.link"
    folder.mkdir()
    (folder / "0099.a").touch()
    keep_link_inputs(trace, folder)
    assert not (folder / "0099.a").exists()
    before = sorted(path.name for path in folder.iterdir())
    (tmp_path / "cache" / "65" / "6566-d").unlink()
    with pytest.raises(OSError, match="6566-d"):
        keep_link_inputs(trace, folder)
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("lost", ["WORK=", "importcfg.link <<", "/link -o"])
def test_another_trace(trace: str, tmp_path: Path, lost: str) -> None:
    """A trace of another form is not guessed at."""
    with pytest.raises(PerfError, match="did not print one link step as expected"):
        keep_link_inputs(trace.replace(lost, "?"), tmp_path / "m.link")
    assert not (tmp_path / "m.link").exists()


def test_two_link_steps(trace: str, tmp_path: Path) -> None:
    """Nor is one of two binaries chosen."""
    with pytest.raises(PerfError, match="did not print one link step"):
        keep_link_inputs(trace + trace, tmp_path / "m.link")


def test_command() -> None:
    """The order is drawn by the seed, and files have relative names."""
    command = link_command(Path("/go/link"), ARGUMENTS, 42, Path("/out/m.test"))
    assert command[:3] == ["/go/link", "-o", "/out/m.test"]
    assert "-randlayout=42" in command
    assert command[command.index("-importcfg") + 1] == "importcfg"
    assert command[-1] == "main.a"
    assert command[-len(ARGUMENTS) - 1 : -1] == ARGUMENTS


@pytest.mark.parametrize("layout", [0, -1])
def test_seeds_start_at_one(layout: int) -> None:
    """0 would mean Go's default order, which is no draw."""
    with pytest.raises(ValueError, match="a seed from 1"):
        link_command(Path("link"), [], layout, Path("m.test"))
    assert "-randlayout=1" in link_command(Path("link"), [], 1, Path("m.test"))


class _Linker:
    """A linker that ends as it is told, and notes how it was run."""

    def __init__(self, done: Finished) -> None:
        self.done = done
        self.env: Mapping[str, str] = {}
        self.cwd = Path()

    def run(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, keep: Sequence[int] = ()
    ) -> Finished:
        self.env, self.cwd = env, cwd
        return self.done


def test_link(tmp_path: Path) -> None:
    """The linker runs where its inputs lie, with GOROOT empty as `go` itself does (-trimpath)."""
    linker = _Linker(Finished(0, b"", b"", 0.5))
    link(tmp_path, ["link"], {"GOROOT": "/go", "A": "b"}, linker)
    assert linker.env == {"GOROOT": "", "A": "b"}
    assert linker.cwd == tmp_path


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (Finished(2, b"", b"no space left\n", 0.5), "2"),
        (Finished(-9, b"", b"no space left", 300, "timeout"), "timeout"),
    ],
)
def test_link_that_fails(tmp_path: Path, done: Finished, why: str) -> None:
    """The linker's own words are handed on."""
    with pytest.raises(PerfError, match=rf"linking in .* failed \({why}\):\nno space left$"):
        link(tmp_path, ["link"], {}, _Linker(done))


def test_linker(tmp_path: Path) -> None:
    """It lies with the toolchain; without one the way out is named."""
    with pytest.raises(PerfError, match="has no linker; remove the folder and run doit"):
        linker_of(tmp_path)
    path = tmp_path / "pkg" / "tool" / "darwin_arm64" / "link"
    path.parent.mkdir(parents=True)
    path.touch()
    assert linker_of(tmp_path) == path


def test_folders_with_a_space_in_their_name(trace: str, tmp_path: Path) -> None:
    """Go puts such paths in quotes, in some places and not in others."""
    spaced = tmp_path / "a b"
    spaced.mkdir()
    for name in ("work", "cache"):
        (tmp_path / name).rename(spaced / name)
    quoted = TRACE.format(work=spaced / "work", cache=spaced / "cache", goroot="/go")
    quoted = quoted.replace("/go/pkg/tool/linux_amd64/link -o $WORK/b001/m.test", '"/a b/link" -o "$WORK/b001/m.test"')
    quoted = quoted.replace("-importcfg $WORK/b001/importcfg.link", '-importcfg "$WORK/b001/importcfg.link"')
    quoted = quoted.replace("gcc $WORK/b001/_pkg_.a", 'gcc "$WORK/b001/_pkg_.a"')
    assert keep_link_inputs(quoted, tmp_path / "kept") == keep_link_inputs(quoted, tmp_path / "again") == ARGUMENTS
    assert (tmp_path / "kept" / "main.a").read_text() == "archive work/b001/_pkg_.a"


def test_nothing_is_left_of_inputs_that_cannot_be_kept(trace: str, tmp_path: Path) -> None:
    """An archive that is not there leaves no half of a folder behind."""
    (tmp_path / "cache" / "65" / "6566-d").unlink()
    with pytest.raises(OSError, match="6566-d"):
        keep_link_inputs(trace, tmp_path / "kept")
    assert list(tmp_path.glob("kept*")) == []
