"""The types of parameters and columns, and the conversion of what a user types."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Literal

from kg.table import Cell

ParamType = Literal["string", "date", "integer", "decimal", "boolean", "method", "dataset", "task", "metric", "paper"]
"""The last five are strings that name a thing of the graph: see :func:`kg.queries.names.resolve_names`."""

ColumnType = Literal["string", "integer", "decimal", "boolean"]

_DATE = re.compile(r"(?:\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)?")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def convert(kind: ParamType, value: Cell | float) -> Cell:
    """``value``, a string from a command line or a JSON value, as a parameter of this type.

    Raises ValueError, saying what would be right.
    """
    if kind == "integer":
        return _integer(value)
    if kind == "decimal":
        return _decimal(value)
    if kind == "boolean":
        return _boolean(value)
    if not isinstance(value, str):
        raise ValueError("it must be a string")
    if kind == "date" and not _DATE.fullmatch(value):
        raise ValueError('it must be a date such as 2025-03-12, 2025-03 or 2025, or ""')
    return value


def _integer(value: Cell | float) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("it must be a whole number") from None


def _decimal(value: Cell | float) -> Decimal:
    try:
        number = Decimal("" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        raise ValueError("it must be a number") from None
    if not number.is_finite():
        raise ValueError("it must be a finite number")
    return number


def _boolean(value: Cell | float) -> bool:
    if isinstance(value, bool):
        return value
    found = _BOOLEANS.get(value.casefold()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("it must be true or false")
    return found
