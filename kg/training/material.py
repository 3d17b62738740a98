"""Labelled papers to train on: read, checked, and rid of those that are held out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.model import BOUNDS, DIRECTIONS, ENTITY_TYPES, KINDS, ROLES
from kg.training.published import check, read_objects
from kg.training.split import is_held_out
from kg.training.steps import file_hash

Json = Mapping[str, Any]

_CHOICES: dict[str, dict[str, tuple[str | None, ...]]] = {
    "entities": {"type": ENTITY_TYPES, "role": ROLES},
    "results": {"kind": KINDS, "bound": BOUNDS, "direction": (*DIRECTIONS, None)},
}


@dataclass(frozen=True, slots=True)
class Material:
    """``records`` are the papers to train on, in order of the files; ``held_out`` those that were left out.

    ``hashes`` are the SHA-256 of the files, by name.
    """

    records: tuple[Json, ...]
    held_out: tuple[Json, ...]
    hashes: dict[str, str]


def read_material(files: Iterable[Path]) -> Material:
    """Read labelled papers, JSON lines as the labelling guidelines define them.

    Raises InputError, with file and line, for a record that cannot be used, or whose id came before.
    """
    records: dict[str, Json] = {}
    hashes: dict[str, str] = {}
    for file in files:
        for line, record in read_objects(file):
            where = f"{file}:{line}"
            _check(record, where)
            if str(record["id"]) in records:
                raise InputError(f"{where}: {record['id']} is labelled a second time; keep one of the two")
            records[str(record["id"])] = record
        hashes[_free(file.name, hashes)] = file_hash(file)
    kept = tuple(record for key, record in records.items() if not is_held_out(key))
    if not kept:
        raise InputError(f"{', '.join(hashes)}: no labelled paper to train on; give JSON lines with labels")
    return Material(kept, tuple(record for key, record in records.items() if is_held_out(key)), hashes)


def _check(record: Json, where: str) -> None:
    if "id" not in record:
        raise InputError(f"{where}: a labelled record needs the field 'id'")
    try:
        check(record)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    for field, value, choices in _chosen(record):
        if value not in choices:
            raise InputError(f"{where}: {field} is {value!r}; there are: {', '.join(map(str, choices))}")


def _chosen(record: Json) -> Iterator[tuple[str, Any, tuple[str | None, ...]]]:
    for part, fields in _CHOICES.items():
        for label in record[part]:
            yield from ((field, label[field], choices) for field, choices in fields.items())


def _free(name: str, taken: Mapping[str, str]) -> str:
    """The name, with a number where it is taken: files of one name may lie in several folders."""
    return name if name not in taken else _free(f"{name}+", taken)
