"""Writes the properties of one row as statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import InputError
from kg.rdf.dialect import Around, Dialect
from kg.rdf.terms import date_type
from kg.rdf.vocabulary import DERIVED, property_name
from kg.schema import PropertyType

_DATATYPES = {
    PropertyType.STRING: "string",
    PropertyType.STRINGS: "string",
    PropertyType.INTEGER: "integer",
    PropertyType.DECIMAL: "decimal",
    PropertyType.BOOLEAN: "boolean",
}
ORDER = "kg:listOrder"

Step = tuple[str, str, Callable[[Any], str], str]
"""The name of a property, the text before its value, what makes text of the value, the text after it."""


@dataclass(slots=True)
class _Shape:
    """How to write rows that have the same properties: worked out once, for the first of them."""

    steps: list[Step]
    lists: list[tuple[str, str]]


@dataclass
class PropertyWriter:
    """Writes the rows of one label or relationship type; ``schema`` gives the type of each property.

    Statements come in the order of the schema, lists last.
    """

    dialect: Dialect
    schema: dict[str, PropertyType]

    def __post_init__(self) -> None:
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._string = self.dialect.literal("string").text
        self._order = self.dialect.predicate(ORDER)

    def write(self, properties: dict[str, Any], owner: str, *, order: str | None = None) -> list[str]:
        """The statements of one row, decimals given as text (:func:`kg.rdf.terms.decimal`).

        ``order`` is that of one more list, written elsewhere (:func:`order_of`). Raises InputError where a property is
        not in the schema or not of the type that it states.
        """
        if None in properties.values():
            properties = {name: value for name, value in properties.items() if value is not None}
        names = tuple(properties)
        shape = self._shapes.get(names) or self._shape(names, owner)
        try:
            out = [f"{before}{text(properties[name])}{after}" for name, before, text, after in shape.steps]
            orders = [order] if order else []
            for name, predicate in shape.lists:
                values = properties[name]
                distinct = sorted(set(values))
                if distinct:
                    out += self.dialect.several(predicate, [self._string(value) for value in distinct])
                if list(values) != distinct:
                    orders.append(order_of(name, values, distinct))
            if orders:
                out += self.dialect.several(self._order, [self._string(value) for value in orders])
        except (TypeError, ValueError, KeyError) as error:
            raise InputError(
                f'"{owner}" has a property of another type than kg.schema gives it: {properties}'
            ) from error
        return out

    def _shape(self, names: tuple[str, ...], owner: str) -> _Shape:
        unknown = sorted(set(names) - self.schema.keys())
        if unknown:
            raise InputError(f'"{owner}" has properties that kg.schema does not know: {", ".join(unknown)}')
        shape = _Shape([], [])
        for name, kind in self.schema.items():
            if name in DERIVED or name not in names:
                continue
            predicate = self.dialect.predicate(property_name(name))
            if kind is PropertyType.STRINGS:
                shape.lists.append((name, predicate))
            else:
                around = self._around(name, kind).behind(predicate)
                shape.steps.append((name, around.before, around.text, around.after))
        self._shapes[names] = shape
        return shape

    def _around(self, name: str, kind: PropertyType) -> Around:
        if name == "published":
            return Around("", self._date, "")
        return self.dialect.literal("anyURI" if name == "url" else _DATATYPES[kind])

    def _date(self, text: str) -> str:
        """A date of the precision that it has; other text stays a string."""
        return self.dialect.literal(date_type(text) or "string").write(text)


def order_of(name: str, values: Sequence[str], distinct: Sequence[str]) -> str:
    """What kg:listOrder says of a list whose values RDF holds without order: the place of each among the distinct
    ones, "categories 2 0 1"."""
    places = {value: str(place) for place, value in enumerate(distinct)}
    return " ".join([name, *(places[value] for value in values)])
