"""When a comparison calls something a change: the part `compare` of config.yaml, with what a command line changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tasks.shared.errors import PerfError


@dataclass(frozen=True)
class Rules:
    """``alpha`` bounds p- and q-values; margins are fractions; ``better`` says of custom measures: lower or higher."""

    alpha: float = 0.05
    margin: float = 0.01
    equivalence_margin: float = 0.03
    better: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """What a comparison says of them."""
        return {"alpha": self.alpha, "margin": self.margin, "equivalence_margin": self.equivalence_margin}


def from_config(part: Mapping[str, Any]) -> Rules:
    """The rules in config.yaml, valid by its schema; margins are in percent there."""
    return Rules(part["alpha"], part["margin"] / 100, part["equivalence_margin"] / 100, part["better"])


def with_alpha(rules: Rules, text: str) -> Rules:
    """The rules with the alpha of a command line; PerfError if it is none."""
    try:
        alpha = float(text)
    except ValueError:
        alpha = -1.0
    if not 0 < alpha < 1:
        raise PerfError(f"alpha={text}: expected a number between 0 and 1, as in 0.05")
    return replace(rules, alpha=alpha)
