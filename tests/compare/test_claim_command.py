"""`doit findings` as a user runs it, with invented toolchains and everything else real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.shared import schema
from tests import fake_go
from tests.builders import Document
from tests.checkout import Checkout, snapshot
from tests.fake_go import PLAIN


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Three versions of four benchmarks, measured, compared and checked against a claim by one plain `doit`."""
    made = fake_go.fake_checkout(tmp_path_factory.mktemp("findings") / "clone", {**os.environ})
    said = made.doit(*PLAIN)
    assert "findings: 0 of 1 hold here, 0 contradicted, 1 without enough data: results/stable/" in said
    return made


def folder(checkout: Checkout) -> Path:
    """The tree."""
    return fake_go.bed_of(checkout).project.tree.folder


def document(checkout: Checkout) -> Document:
    """The findings."""
    found: Document = schema.read("findings", folder(checkout) / "findings.json")
    return found


def claim(checkout: Checkout, old: str, new: str) -> Path:
    """Replace a text in findings.yaml."""
    path = checkout.root / "findings.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return path


def test_a_plain_doit_checks_claims(checkout: Checkout) -> None:
    """Beside the comparisons, in three forms; three blocks decide nothing, and `doit validate` knows both files."""
    assert {path.suffix for path in folder(checkout).glob("findings.*")} == {".json", ".md", ".txt"}
    (found,) = document(checkout)["findings"]
    assert (found["id"], found["outcome"]) == ("one-is-faster", "not enough data")
    assert "3 shared blocks, it takes" in found["why"]
    said = checkout.doit("validate")
    assert "1 claims" in said
    # Beside the results, and exported.
    assert "2 findings" in said


def test_nothing_to_do(checkout: Checkout) -> None:
    """Nothing is made again, and `doit findings` shows what there is without making anything else."""
    assert "everything is up to date" in checkout.doit(*PLAIN)
    before = snapshot(folder(checkout))
    said = checkout.doit("findings", *PLAIN)
    assert "Not enough data to tell (1)" in said
    assert "one-is-faster" in said
    assert "measuring" not in said
    assert "everything is up to date" in checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before


def test_a_changed_claim_is_checked_anew(checkout: Checkout) -> None:
    """Nothing is measured or compared for it; taken back, all is as before."""
    before = snapshot(folder(checkout))
    claim(checkout, "of: every, is: improved, by: 0", "of: every, is: equivalent, by: 3")
    assert "findings.yaml changed" in checkout.doit("why", *PLAIN)
    said = checkout.doit(*PLAIN)
    assert ".  findings" in said
    assert "compare:" not in said
    assert "measuring" not in said
    assert document(checkout)["findings"][0]["condition"] == "each within +-3 %"
    claim(checkout, "of: every, is: equivalent, by: 3", "of: every, is: improved, by: 0")
    checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before


def test_a_pair_that_is_not_configured_is_compared(checkout: Checkout) -> None:
    """For the claim alone: `doit compare` goes on showing what config.yaml names."""
    config = checkout.root / "config.yaml"
    text = config.read_text()
    config.write_text(text.replace("pairs: []", 'pairs: [["1.23.0", "1.24.0"]]'))
    claim(checkout, '["1.24", "1.25"]', '["1.23", "1.25"]')
    (folder(checkout) / "comparisons" / "go1.23-go1.25.json").unlink()
    said = checkout.doit("findings", *PLAIN)
    assert "go1.23 -> go1.25" in said
    assert document(checkout)["findings"][0]["compared"]["name"] == "go1.23-go1.25"
    assert checkout.doit("compare", *PLAIN).count("alpha 0.05") == 1
    # What is compared for the page alone has changed, too.
    checkout.doit(*PLAIN)
    assert "everything is up to date" in checkout.doit(*PLAIN)
    claim(checkout, '["1.23", "1.25"]', '["1.23", "1.26"]')
    assert "1 without enough data" in checkout.doit(*PLAIN)
    assert document(checkout)["findings"][0]["why"].startswith("not measured: Go 1.26 is not among the versions")
    config.write_text(text)
    claim(checkout, '["1.23", "1.26"]', '["1.24", "1.25"]')
    checkout.doit(*PLAIN)


def test_a_comparison_for_once_beside_it(checkout: Checkout) -> None:
    """Variables that make `compare` another task leave findings what they are."""
    said = checkout.doit("findings", "old=go1.23", "new=go1.25", *PLAIN)
    assert "one-is-faster" in said


def test_all_mistakes_before_anything_is_begun(checkout: Checkout) -> None:
    """One message, exit status 3, no traceback."""
    path = checkout.root / "findings.yaml"
    text = path.read_text()
    path.write_text(text.replace("alpha.One", "alpha.Ome").replace('["1.24", "1.25"]', '["1.25", "1.24"]'))
    said = checkout.doit(*PLAIN, status=3)
    assert "$.claims[0].pair: one-is-faster: 1.25 is not older than 1.24" in said
    assert "$.claims[0].benchmarks[0]: one-is-faster: alpha.Ome fits no benchmark function" in said
    assert "Traceback" not in said
    path.write_text(text)
    assert "everything is up to date" in checkout.doit(*PLAIN)


def test_clean_removes_findings(checkout: Checkout) -> None:
    """They are made again without measuring, the same; what is claimed stays."""
    before = snapshot(folder(checkout))
    checkout.doit("clean", "findings", *PLAIN)
    assert not list(folder(checkout).glob("findings.*"))
    assert (checkout.root / "findings.yaml").exists()
    assert "measuring" not in checkout.doit(*PLAIN)
    assert snapshot(folder(checkout)) == before
