"""docker-compose.yml and Dockerfile, as far as they can be checked without an engine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import srsly

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> Any:
    return srsly.yaml_loads((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_stores_compose_is_valid(tmp_path: Path) -> None:
    """docker-compose reads it, with the secret that scripts/secret makes."""
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("no docker-compose to read the file with")
    for name in ("docker-compose.yml", "Dockerfile", "scripts"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)  # type: ignore[operator]
    subprocess.run([tmp_path / "scripts" / "secret"], check=True, capture_output=True)
    done = subprocess.run([program, "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(srsly.yaml_loads(done.stdout)["services"]) == {"neo4j", "kg"}


def test_stores_compose_secret_is_random_and_kept(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    secrets = set()
    for _ in range(2):
        subprocess.run([tmp_path / "scripts" / "secret"], check=True, capture_output=True)
        secrets.add((tmp_path / "secrets" / "neo4j_auth").read_text(encoding="utf-8"))
    (secret,) = secrets
    assert re.fullmatch(r"neo4j/[0-9a-f]{32}\n", secret)
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_stores_compose_pins_and_protects(compose: Any) -> None:
    neo4j, kg = compose["services"]["neo4j"], compose["services"]["kg"]
    assert re.fullmatch(r"neo4j:\d+\.\d+\.\d+", neo4j["image"])
    assert all(port.startswith("127.0.0.1:") for port in neo4j["ports"])
    assert neo4j["healthcheck"]["test"][:2] == ["CMD", "wget"]
    assert {volume.partition(":")[0] for volume in neo4j["volumes"] + kg["volumes"]} == set(compose["volumes"])
    assert kg["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert neo4j["secrets"] == kg["secrets"] == list(compose["secrets"])
    assert neo4j["environment"]["NEO4J_AUTH_FILE"] == kg["environment"]["NEO4J_PASSWORD_FILE"]
    assert "NEO4J_AUTH" not in neo4j["environment"]


def test_stores_compose_secret_is_not_committed(compose: Any) -> None:
    secret = Path(compose["secrets"]["neo4j_auth"]["file"])
    assert f"{secret.parent.name}/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert "*" in ignored
    assert not any(line.startswith(f"!{secret.parent.name}") for line in ignored)


def test_stores_compose_image_is_made_of_what_is_there() -> None:
    shown = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n") if line[:1] == "!"}
    copied = {
        name
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for name in [word for word in line.split() if not word.startswith("--")][:-1]
    }
    assert copied == shown
    assert all((ROOT / name).exists() for name in copied)
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["kg"]
