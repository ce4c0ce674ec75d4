"""`doit site` and `doit serve` as a user runs them, with invented toolchains and everything else real."""

from __future__ import annotations

import functools
import os
import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from tests import fake_go
from tests.checkout import Checkout, snapshot
from tests.fake_go import PLAIN
from tests.site.beds import data
from tests.site.conftest import REFERENCE


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Three versions of four benchmarks, measured and put on a page by one plain `doit`."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("site") / "clone", {**os.environ})
    said = made.doit(*PLAIN)
    assert "the page: site/index.html" in said
    return made


def page(checkout: Checkout) -> Path:
    """Where the page lies."""
    return checkout.root / "site"


def test_a_plain_doit_makes_the_page(checkout: Checkout) -> None:
    """Of what it has exported; the next one has nothing to do."""
    assert len(data(page(checkout), "linux-amd64/index")["benchmarks"]) == 4
    assert "everything is up to date" in checkout.doit(*PLAIN)


def test_a_file_that_was_touched_is_made_again(checkout: Checkout) -> None:
    """And one that was deleted."""
    before = snapshot(page(checkout))
    (page(checkout) / "style.css").write_text("")
    (page(checkout) / "data" / "platforms.js").unlink()
    assert "site" in checkout.doit("why", *PLAIN)
    checkout.doit("site", *PLAIN)
    assert snapshot(page(checkout)) == before


def test_clean_removes_the_page_and_nothing_else(checkout: Checkout) -> None:
    """What others put into the folder stays, and the page comes back."""
    before = snapshot(page(checkout))
    (page(checkout) / "CNAME").write_text("perf.example.com")
    assert "site" in checkout.doit("clean", "--dry-run", "site", *PLAIN)
    assert len(snapshot(page(checkout))) == len(before) + 1
    checkout.doit("clean", "site", *PLAIN)
    assert list(snapshot(page(checkout))) == ["CNAME"]
    (page(checkout) / "CNAME").unlink()
    checkout.doit("site", *PLAIN)
    assert snapshot(page(checkout)) == before


def test_an_export_of_several_machines(checkout: Checkout, tmp_path: Path) -> None:
    """`out=` names the folder that all of them export to."""
    shared = tmp_path / "shared"
    checkout.doit("export", f"out={shared}", *PLAIN)
    other = shared / "darwin-arm64"
    (shared / "linux-amd64").rename(other)
    platforms = shared / "platforms.json"
    platforms.write_text(platforms.read_text().replace("linux-amd64", "darwin-arm64"))
    checkout.doit("site", f"out={shared}", *PLAIN)
    assert [its["name"] for its in data(page(checkout), "platforms")] == ["darwin-arm64", "linux-amd64"]
    checkout.doit("site", *PLAIN)
    assert [its["name"] for its in data(page(checkout), "platforms")] == ["linux-amd64"]


def served(checkout: Checkout, *arguments: str) -> dict[str, bytes]:
    """The page and its list of platforms as `doit serve` shows them, until Ctrl-C ends it in peace."""
    command = [sys.executable, "-m", "doit", "serve", "port=0", *arguments]
    with subprocess.Popen(
        command, cwd=checkout.root, env=dict(checkout.env), stderr=subprocess.PIPE, text=True,
        # A shell's background jobs, such as a CI run, may have inherited that SIGINT is ignored.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    ) as process:  # fmt: skip
        try:
            assert process.stderr
            address = None
            while address is None:
                line = process.stderr.readline()
                assert line, "it ended before it said where"
                address = re.search(r"http://localhost:\d+/", line)
            answers = {}
            for name in ("index.html", "data/platforms.js"):
                with urllib.request.urlopen(address[0] + name, timeout=60) as answer:
                    answers[name] = answer.read()
            process.send_signal(signal.SIGINT)
            _, rest = process.communicate(timeout=120)
            assert process.returncode == 0, rest
            assert "Traceback" not in rest
        finally:
            process.kill()
    return answers


def test_serve_names_the_address(checkout: Checkout) -> None:
    """And shows the page there."""
    shown = served(checkout, *PLAIN)
    assert b"Go performance" in shown["index.html"]
    assert shown == {name: (page(checkout) / name).read_bytes() for name in shown}


def test_serve_shows_another_export(bare: Checkout, tmp_path: Path) -> None:
    """Before anything was measured here, and the page of this checkout is not touched."""
    where = tmp_path / "temporary"
    where.mkdir()
    shown = served(replace(bare, env={**bare.env, "TMPDIR": str(where)}), f"from={REFERENCE}")
    assert b"go1.27" in shown["index.html"]
    assert b"linux-amd64" in shown["data/platforms.js"]
    assert not (bare.root / "site").exists()
    assert not (bare.root / "results").exists()
    assert list(where.iterdir()) == []


@pytest.mark.parametrize("source", ["nowhere", "docs", ""])
def test_serve_shows_exports_only(bare: Checkout, source: str) -> None:
    """Another folder is named, without a traceback, and nothing is measured instead."""
    said = bare.doit("serve", f"from={source}", status=1)
    assert f"from={source}: no export lies there" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [[], ["site"], ["collect:go1.24"]])
def test_from_is_for_serve_and_adopt(bare: Checkout, command: list[str]) -> None:
    """It is not passed over in silence elsewhere."""
    assert "from=data is for `doit adopt` and `doit serve`" in bare.doit(*command, "from=data", status=2)


@pytest.mark.parametrize("port", ["x", "99999"])
def test_a_wrong_port_is_named(checkout: Checkout, port: str) -> None:
    """Without a traceback."""
    said = checkout.doit("serve", f"port={port}", *PLAIN, status=1)
    assert f"port={port}: expected a number up to 65535" in said
    assert "Traceback" not in said
