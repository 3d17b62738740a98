"""The dump in Neo4j by neosemantics, with the statements that docs/rdf.md tells."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
import rdf_rows
from neo4j_server import LTS, NoServer, from_jars

from kg.rdf import write

VERSION = "5.1.0.0"
DOCS = Path(__file__).parent.parent / "docs" / "rdf.md"


def _jar() -> Path:
    """The plugin of Maven Central, kept outside the checkout. Raises NoServer."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    jar = Path(base) / "mlkg-tests" / f"neosemantics-{VERSION}.jar"
    if not jar.exists():
        if not shutil.which("mvn"):
            raise NoServer("needs Maven")
        wanted = [f"-Dartifact=org.neo4j:neosemantics:{VERSION}", f"-DoutputDirectory={jar.parent}"]
        done = subprocess.run(
            ["mvn", "-q", "-B", "dependency:copy", *wanted], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NoServer(f"Maven could not fetch neosemantics {VERSION}: {done.stdout[-300:]}")
    return jar


@pytest.fixture(scope="module")
def driver() -> Iterator[neo4j.Driver]:
    try:
        server = from_jars(LTS, _jar())
    except NoServer as error:
        pytest.skip(f"NEOSEMANTICS TEST LEFT OUT: {error}")
    try:
        with neo4j.GraphDatabase.driver(server.uri, auth=server.auth) as connected:
            yield connected
    finally:
        server.close()


@pytest.mark.neo4j
def test_rdf_neosemantics_imports_every_triple(driver: neo4j.Driver, tmp_path: Path) -> None:
    nodes, edges = rdf_rows.rows()
    write(nodes, edges, tmp_path / "kg.nt")
    triples = len((tmp_path / "kg.nt").read_text(encoding="utf-8").splitlines())
    (block,) = re.findall(r"```cypher\n(CREATE CONSTRAINT n10s.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    statements = [part.strip() for part in block.replace("file:///kg.nt", f"file://{tmp_path}/kg.nt").split(";")]
    for statement in filter(None, statements):
        (*_, last) = [dict(row) for row in driver.execute_query(statement).records] or [{}]
    assert (last["terminationStatus"], last["triplesLoaded"], last["triplesParsed"]) == ("OK", triples, triples)
    for node in nodes:
        found = driver.execute_query("MATCH (n {uri: $uri}) RETURN labels(n) AS labels, n", uri=node.properties["uri"])
        (row,) = found.records
        assert node.label in row["labels"]
        if node.label == "Result":
            assert row["n"]["value"] == pytest.approx(float(str(node.properties["value"])))
        if aliases := node.properties.get("aliases"):
            assert sorted(row["n"]["altLabel"]) == sorted(aliases)  # type: ignore[arg-type]
