"""Writes the properties of one row as predicates and objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.errors import InputError
from kg.rdf.dialect import Dialect, Pairs
from kg.rdf.terms import date_type
from kg.rdf.vocabulary import DERIVED, property_name
from kg.schema import PropertyType

Plan = list[tuple[str, str, Callable[[Any], str], bool]]
"""For each property its name, its predicate, what writes a value, and whether it is a list."""


class PropertyWriter:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.order = dialect.predicate("kg:listOrder")

    def plan(self, properties: dict[str, PropertyType]) -> Plan:
        """How to write the properties that a label or a relationship type has; made once, used for every row."""
        string = self.dialect.string
        encoders: dict[PropertyType, Callable[[Any], str]] = {
            PropertyType.STRING: string,
            PropertyType.STRINGS: string,
            PropertyType.INTEGER: self.dialect.integer,
            PropertyType.DECIMAL: self.dialect.decimal,
            PropertyType.BOOLEAN: self.dialect.boolean,
        }
        special = {"published": self.date, "url": lambda value: self.dialect.typed(value, "anyURI")}
        return [
            (
                name,
                self.dialect.predicate(property_name(name)),
                special.get(name, encoders[kind]),
                kind is PropertyType.STRINGS,
            )
            for name, kind in properties.items()
            if name not in DERIVED
        ]

    def date(self, text: str) -> str:
        """A date of the precision that it has; other text stays a string."""
        datatype = date_type(text)
        return self.dialect.typed(text, datatype) if datatype else self.dialect.string(text)

    def write(self, pairs: Pairs, properties: dict[str, Any], plan: Plan, owner: str) -> None:
        """Adds the properties in the order of the plan.

        Raises InputError where one is not in the plan or not of the type that it states.
        """
        get = properties.get
        written = 0
        for name, predicate, encode, many in plan:
            value = get(name)
            if value is None:
                continue
            written += 1
            try:
                if many:
                    self._list(pairs, name, predicate, value)
                else:
                    pairs.append((predicate, encode(value)))
            except (TypeError, ValueError, ArithmeticError) as error:
                raise InputError(
                    f'"{owner}": the {name} {value!r} is not of the type that kg.schema gives it'
                ) from error
        if written != len(properties):
            _refuse_unknown(properties, plan, owner)

    def _list(self, pairs: Pairs, name: str, predicate: str, values: tuple[str, ...]) -> None:
        """The values as a set; their order, where it is not the sorted one, is kept in kg:listOrder."""
        distinct = sorted(set(values))
        pairs.extend((predicate, self.dialect.string(value)) for value in distinct)
        if list(values) != distinct:
            places = {value: str(place) for place, value in enumerate(distinct)}
            pairs.append((self.order, self.dialect.string(" ".join([name, *(places[value] for value in values)]))))


def _refuse_unknown(properties: dict[str, Any], plan: Plan, owner: str) -> None:
    known = DERIVED | {name for name, *_ in plan}
    unknown = sorted(name for name, value in properties.items() if name not in known and value is not None)
    if unknown:
        raise InputError(f'"{owner}" has properties that kg.schema does not know: {", ".join(unknown)}')
