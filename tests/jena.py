"""Apache Jena from Maven Central, kept in a folder outside the checkout; for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

VERSION = "5.2.0"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>jena</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.jena</groupId><artifactId>jena-cmds</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.16</version>
    </dependency>
  </dependencies>
</project>
"""


@cache
def _library() -> str | Path:
    """The folder of jar files, or why there is none."""
    if not shutil.which("java") or not shutil.which("mvn"):
        return "needs Java 17 and Maven"
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache_home / "mlkg-tests" / f"jena-{VERSION}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pom.xml").write_text(_POM, encoding="utf-8")
        fetch = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
        done = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"Maven could not fetch Jena {VERSION}: {done.stdout[-300:]}"
        (folder / "complete").touch()
    return folder / "lib"


def riot(*arguments: str) -> tuple[str, str]:
    """What Jena's riot writes to its output and to its errors. Skips the test where Jena cannot be had."""
    library = _library()
    if isinstance(library, str):
        pytest.skip(f"JENA TESTS LEFT OUT: {library}")
    level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    command = ["java", level, "-cp", f"{library}/*", "riotcmd.riot", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr
