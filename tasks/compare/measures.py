"""Units of measure in base units, and numbers with a prefix, just as benchstat shows them.

``ns/op`` becomes ``sec/op``, ``MB/s`` becomes ``B/s``; what counts bytes gets binary prefixes. Source: package
benchunit of golang.org/x/perf, at the version of benchstat that is pinned here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

#: What verdicts are first about, in base units.
TIME = "sec/op"

_WORDS = re.compile(r"[*/\-\s]|[^*/\-\s]+")
_BYTES = ("B", "MB", "bytes")
#: From 100, from 10, from 1, each as it would be rounded, with the digits that are shown then.
_DIGITS = (("99.995", 1), ("9.9995", 2), ("0.99995", 3))


@functools.cache
def base_unit(unit: str) -> tuple[str, float]:
    """(base unit, by what a value is multiplied): ``p99-ns`` is 1e-9 ``p99-sec``. Only what stands above a /."""
    words, factor = [], 1.0
    for word, above in _parts(unit):
        if above and word == "ns":
            words.append("sec")
            factor /= 1e9
        elif above and word == "MB":
            words.append("B")
            factor *= 1e6
        else:
            words.append(word)
    return "".join(words), factor


def tidy(value: float, unit: str) -> tuple[float, str]:
    """A value in base units, and the unit under which benchstat lists it.

    A zero keeps its unit there (0 ns/op is a row of its own, apart from those in sec/op).
    """
    base, factor = base_unit(unit)
    changed = value * factor
    return (value, unit) if changed == value else (changed, base)


@functools.cache
def counts_bytes(unit: str) -> bool:
    """Whether bytes stand above a /, so that prefixes are powers of 1024."""
    return any(above and word in _BYTES for word, above in _parts(unit))


def _parts(unit: str) -> Iterable[tuple[str, bool]]:
    """The words of a unit and what separates them, each with whether it stands above a /."""
    above = True
    for word in _WORDS.findall(unit):
        if word in ("*", "/"):
            above = word == "*"
        yield word, above


@dataclass(frozen=True)
class Scale:
    """How to write numbers: divided by ``factor``, with so many ``digits`` after the point, and a ``prefix``."""

    digits: int
    factor: float
    prefix: str

    def show(self, value: float) -> str:
        """``13.21n``, ``1.953Ki``."""
        return f"{value / self.factor:.{self.digits}f}{self.prefix}"


#: Thresholds of a prefix: from which value on it is used, and with how many digits.
_Steps = tuple[tuple[float, int], ...]


def _decimal(exponent: int) -> tuple[float, _Steps]:
    """A power of ten. Thresholds are read as they are written: 99.995e-6 is not always 99.995 * 1e-6."""
    return float(f"1e{exponent}"), tuple((float(f"{bound}e{exponent}"), digits) for bound, digits in _DIGITS)


def _binary(exponent: int) -> tuple[float, _Steps]:
    return 2.0**exponent, tuple((float(bound) * 2.0**exponent, digits) for bound, digits in _DIGITS)


_DECIMAL = [(prefix, *_decimal(12 - 3 * place)) for place, prefix in enumerate(("T", "G", "M", "k", "", "m", "µ", "n"))]
_BINARY = [(prefix, *_binary(40 - 10 * place)) for place, prefix in enumerate(("Ti", "Gi", "Mi", "Ki", ""))]


def common_scale(values: Iterable[float], unit: str) -> Scale:
    """One for several values, such that the smallest (but zero) has at least three digits that tell."""
    smallest = min((abs(value) for value in values if value), default=0.0)
    if not smallest:
        return Scale(3, 1.0, "")
    ladder = _BINARY if counts_bytes(unit) else _DECIMAL
    for prefix, factor, steps in ladder:
        for threshold, digits in steps:
            if smallest >= threshold:
                return Scale(digits, factor, prefix)
    # Below the smallest prefix: as many digits as it takes, up to ten.
    prefix, factor, _ = ladder[-1]
    needed = (2 + power for power in range(1, 8) if smallest / factor >= float(f"9.9995e-{power}"))
    return Scale(next(needed, 10), factor, prefix)
