"""Tables of the graph's schema in Ladybug, and their rows by COPY.

Rows go through CSV files of quoted strings and are cast on the way in: the engine's own reading of lists in CSV breaks
on commas and brackets, so a list is joined by a separator that no text has and split again by the query. A null is an
unquoted token, which no quoted string is taken for.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from kg.errors import StoreError, StoreMismatch
from kg.schema import EDGE_ENDS, EDGE_PROPERTIES, NODE_PROPERTIES, Edge, Node, PropertyType, Value
from kg.stores.base import Counts, Progress, check_edge, check_node, storable

_NULL = "null"
_SEPARATOR = "\x1f\x1e\x1f"

# Read by one thread: in parallel the engine cannot find the records of a file whose strings hold newlines.
_DIALECT = (
    "HEADER=false, PARALLEL=false, AUTO_DETECT=false, "
    f"""DELIM=',', QUOTE='"', ESCAPE='"', NULL_STRINGS=['{_NULL}']"""
)

_COLUMN_TYPE = {
    PropertyType.STRING: "STRING",
    PropertyType.INTEGER: "INT64",
    PropertyType.DECIMAL: "DOUBLE",
    PropertyType.BOOLEAN: "BOOL",
    PropertyType.STRINGS: "STRING[]",
}

_FROM_TEXT = {
    PropertyType.STRING: "{column}",
    PropertyType.INTEGER: "cast({column}, 'INT64')",
    PropertyType.DECIMAL: "cast({column}, 'DOUBLE')",
    PropertyType.BOOLEAN: "cast({column}, 'BOOL')",
    PropertyType.STRINGS: f"string_split({{column}}, '{_SEPARATOR}')",
}

_Columns = Mapping[str, PropertyType]
_EdgeTable = tuple[str, str, str]


def bulk_load(
    connection: Any, nodes: Iterable[Node], edges: Iterable[Edge], *, progress: Progress | None = None
) -> Counts:
    """Make the tables in the empty database behind ``connection`` and fill them; the counts are checked."""
    with tempfile.TemporaryDirectory(prefix="mlkg-load-") as folder, _Files(Path(folder)) as files:
        sent = _write(files, nodes, edges)
        files.close()
        try:
            _create_tables(connection)
            _copy(connection, files, sent, progress)
        except RuntimeError as error:
            raise _refusal(error) from error
    sent.expect(count_rows(connection), where="the embedded database")
    return sent


def count_rows(connection: Any) -> Counts:
    """How many rows each table of the schema holds; empty tables are left out."""

    def count(pattern: str) -> int:
        return int(connection.execute(f"MATCH {pattern} RETURN count(*)").get_all()[0][0])

    return Counts(
        +Counter({label: count(f"(n:{label})") for label in NODE_PROPERTIES}),
        +Counter({kind: count(f"()-[e:`{kind}`]->()") for kind in EDGE_PROPERTIES}),
    )


class _Files(ExitStack):
    """One CSV file for each table that gets a row."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._open: dict[tuple[str, ...], TextIO] = {}

    def path(self, table: tuple[str, ...]) -> Path:
        return self._folder / f"{'-'.join(table)}.csv"

    def add(self, table: tuple[str, ...], row: Iterable[str]) -> None:
        file = self._open.get(table)
        if file is None:
            file = self._open[table] = self.enter_context(self.path(table).open("w", encoding="utf-8", newline=""))
        file.write(",".join(row) + "\n")


def _write(files: _Files, nodes: Iterable[Node], edges: Iterable[Edge]) -> Counts:
    sent = Counts()
    for node in nodes:
        check_node(node)
        columns = NODE_PROPERTIES[node.label]
        files.add((node.label,), _texts(columns, {**node.properties, "id": node.id}))
        sent.nodes[node.label] += 1
    for edge in edges:
        check_edge(edge)
        texts = _texts(EDGE_PROPERTIES[edge.type], edge.properties)
        ends = (_text(edge.source[1]), _text(edge.target[1]))
        files.add((edge.type, edge.source[0], edge.target[0]), (*ends, *texts))
        sent.edges[edge.type] += 1
    return sent


def _texts(columns: _Columns, properties: Mapping[str, Value]) -> Iterator[str]:
    return (_text(storable(properties.get(name))) for name in columns)


def _text(value: str | int | float | list[str] | None) -> str:
    if value is None:
        return _NULL
    text = _SEPARATOR.join(value) if isinstance(value, list) else str(value)
    return '"' + text.replace('"', '""') + '"'


def _create_tables(connection: Any) -> None:
    for label, columns in NODE_PROPERTIES.items():
        fields = ", ".join(f"`{name}` {_COLUMN_TYPE[kind]}" for name, kind in columns.items())
        connection.execute(f"CREATE NODE TABLE `{label}`({fields}, PRIMARY KEY(id))")
    for kind, ends in EDGE_ENDS.items():
        pairs = [f"FROM `{source}` TO `{target}`" for source, target in ends]
        fields = ", ".join([*pairs, *(f"`{name}` {_COLUMN_TYPE[t]}" for name, t in EDGE_PROPERTIES[kind].items())])
        connection.execute(f"CREATE REL TABLE `{kind}`({fields})")


def _copy(connection: Any, files: _Files, sent: Counts, progress: Progress | None) -> None:
    for label, columns in NODE_PROPERTIES.items():
        if sent.nodes[label]:
            connection.execute(f"COPY `{label}` FROM {_scan(files.path((label,)), columns)}")
            _tell(progress, label, sent.nodes[label])
    for kind, ends in EDGE_ENDS.items():
        columns = {"from": PropertyType.STRING, "to": PropertyType.STRING, **EDGE_PROPERTIES[kind]}
        for source, target in ends:
            path = files.path((kind, source, target))
            if path.exists():
                scan = _scan(path, columns)
                connection.execute(f"COPY `{kind}` FROM {scan} (FROM='{source}', TO='{target}')")
        _tell(progress, kind, sent.edges[kind])


def _tell(progress: Progress | None, table: str, rows: int) -> None:
    if progress is not None and rows:
        progress(table, rows)


def _scan(path: Path, columns: _Columns) -> str:
    """The subquery that reads the file and gives its columns their types."""
    header = ", ".join(f"c{number} STRING" for number in range(len(columns)))
    values = ", ".join(_FROM_TEXT[kind].format(column=f"c{number}") for number, kind in enumerate(columns.values()))
    place = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"(LOAD WITH HEADERS ({header}) FROM '{place}' ({_DIALECT}) RETURN {values})"


def _refusal(error: RuntimeError) -> StoreError:
    message = str(error)
    if "already exists in catalog" in message:
        return StoreError("the embedded database is filled already: load into a new one")
    return StoreMismatch(
        f"the embedded database refused the rows: {message}. Either two rows have one id, or a relationship ends at "
        "a node that is not in the graph."
    )
