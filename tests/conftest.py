"""Fixtures that several test files share: Neo4j servers, started once and only if a test wants one.

With KG_REQUIRE_NEO4J=1 it is a failure if no Neo4j of the long-term release can be had; else its tests are left out,
and the end of the run says so.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings
from neo4j_server import CURRENT, LTS, Neo4jServer, NoServer, start

# The same examples in every run, so that a failure is the change's own; HYPOTHESIS_PROFILE=random looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random", max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

_servers: dict[str, Neo4jServer] = {}
_missing: dict[str, str] = {}


@pytest.fixture
def neo4j_server() -> Neo4jServer:
    """An empty Neo4j of the long-term release."""
    return _empty(LTS)


@pytest.fixture(params=[LTS, CURRENT])
def any_neo4j(request: pytest.FixtureRequest) -> Neo4jServer:
    """An empty Neo4j: the long-term release, then the current one."""
    return _empty(request.param)


@pytest.fixture(scope="module", params=[LTS, CURRENT])
def shared_neo4j(request: pytest.FixtureRequest) -> Neo4jServer:
    """The same for tests that only read what their module loads once."""
    return _empty(request.param)


def _empty(version: str) -> Neo4jServer:
    if version not in _servers and version not in _missing:
        try:
            _servers[version] = start(version)
        except NoServer as error:
            _missing[version] = str(error)
    if version in _missing:
        message = f"no Neo4j {version}: {_missing[version]}"
        if version == LTS and os.environ.get("KG_REQUIRE_NEO4J") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    _servers[version].clear()
    return _servers[version]


def pytest_sessionfinish() -> None:
    for server in _servers.values():
        server.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _missing:
        terminalreporter.section("NEO4J TESTS WERE LEFT OUT", sep="!", red=True, bold=True)
        for version, why in _missing.items():
            terminalreporter.line(f"Neo4j {version}: {why}", red=True)
