"""What every query engine answers with: named columns and rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

Cell = str | int | bool | Decimal | tuple[str, ...] | None

# Wide enough for every number that a paper prints; the default context would round at 28 digits.
_WIDE = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are in the engine's order, each as long as ``columns``; None stands for null and for unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries, for JSON."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def plain_decimal(number: float | int | str | Decimal) -> Decimal:
    """The number as a decimal without exponent and trailing zeros: 86.60 is 86.6, 1E+2 is 100.

    A float becomes the shortest decimal that reads back as it, which is what was written as long as that had no more
    than 15 significant digits.
    """
    value = _WIDE.normalize(Decimal(repr(number) if isinstance(number, float) else number))
    exponent = value.as_tuple().exponent
    return _WIDE.quantize(value, Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value
