"""Measured test beds: invented programs, real files."""

from __future__ import annotations

import random

from tasks.results.merge import merge
from tasks.shared import schema
from tasks.shared.process import Finished
from tests.builders import Document
from tests.conftest import Bed
from tests.fakes import Behaviour, prints

#: Rounds after which a change can be found among the few benchmarks of a test bed.
ENOUGH = 12


def merged(bed: Bed, *labels: str) -> list[Document]:
    """Merge some versions (default: all) and read the documents."""
    chosen = [v for v in bed.project.config.versions if not labels or v.label in labels]
    for version in chosen:
        merge(bed.project, version, bed.units, bed.state())
    return [schema.read("merged", bed.project.tree.merged_json(version.label)) for version in chosen]


def noisy(**factors: float) -> Behaviour:
    """Two leaves a unit with 2 % of noise; ``One_go1_25=0.9`` makes the unit One 10 % faster in go1.25.

    Each cell draws from a sequence of its own, so that the order of a session, which is random, changes nothing.
    """
    draws: dict[tuple[str, str], random.Random] = {}

    def behave(version: str, unit: str, _number: int) -> Finished:
        draw = draws.setdefault((version, unit), random.Random(f"{version} {unit}"))
        name = unit.split(".", 1)[1]
        label = "_".join(version.split(".")[:2])
        small, large = (100 * factors.get(f"{name}_{label}", 1.0) * (1 + draw.gauss(0, 0.02)) for _ in range(2))
        return prints(
            f"Benchmark{name}/Small-2\t1000\t{small:.4f} ns/op\t16 B/op\t1 allocs/op",
            f"Benchmark{name}/Large-2\t10\t{large * 100:.4f} ns/op\t{1e5 / large:.4f} MB/s\t64 B/op\t2 allocs/op",
        )

    return behave
