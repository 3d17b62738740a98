"""What holds for the code as a whole: which way imports run, and where each library may be imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "kg").rglob("*.py"))

# A module may import modules of its own layer and of those below it.
LAYERS = (
    ("errors", "py", "model", "schema", "settings", "resources", "table", "names", "records", "__init__"),
    ("lexicon", "ontology"),
    ("extraction", "sources"),
    ("workspace", "resolution", "graph", "network", "graphml"),
    ("rdf", "views", "queries", "sparql", "shacl"),
    ("stores",),
    ("build", "training"),
    ("service", "cli", "__main__"),
)
ONLY_IN = {
    "spacy": ("extraction", "training"),
    "thinc": ("extraction", "training"),
    "neo4j": ("stores/neo4j",),
    "ladybug": ("stores/ladybug",),
    "pyvis": ("views",),
    "networkx": ("network.py", "graphml.py", "views"),
    "pyoxigraph": ("ontology", "rdf", "sparql", "shacl", "service"),
    "rdflib": ("ontology", "rdf", "sparql", "shacl", "service"),
    "typer": ("cli",),
    "rich": ("cli",),
    "starlette": ("service",),
    "uvicorn": ("service", "cli"),
}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            if node.module == "kg":
                yield from ((f"kg.{alias.name}", node.lineno) for alias in node.names)


def layer(module: str) -> int:
    (found,) = [n for n, names in enumerate(LAYERS) if module in names] or [-1]
    assert found >= 0, f"kg.{module} stands in no layer: put it into one"
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_house_imports_run_one_way(path: Path) -> None:
    here = layer(path.relative_to(ROOT / "kg").parts[0].removesuffix(".py"))
    for name, line in imports(path):
        top, _, rest = name.partition(".")
        if top == "kg" and rest and rest.split(".")[0] != "__version__":
            there = layer(rest.split(".")[0])
            assert there <= here, f"{path}:{line}: imports {name}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_house_libraries_stay_in_their_rooms(path: Path) -> None:
    place = str(path.relative_to(ROOT / "kg"))
    for name, line in imports(path):
        rooms = ONLY_IN.get(name.partition(".")[0])
        assert rooms is None or place.startswith(rooms), f"{path}:{line}: {name} may be imported only in {rooms}"


def test_house_every_query_stands_in_both_languages() -> None:
    names = {suffix: {p.stem for p in (ROOT / "queries").glob(f"*.{suffix}")} for suffix in ("cypher", "rq")}
    assert names["cypher"] == names["rq"] != set()
