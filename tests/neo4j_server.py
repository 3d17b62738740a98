"""A real Neo4j for the tests: the one that is there already, else a container, else the published jars.

The jars of ``org.neo4j:neo4j`` are the whole Community server (Bolt, HTTP, Browser). Maven fetches them once into a
cache folder; each start gets a home of its own on free ports and is ended by its process id.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

LTS, CURRENT = "5.26.29", "2026.09.0"
IMAGES = {LTS: "neo4j:5.26", CURRENT: "neo4j:2026.08.0"}
_JAVA_NEEDED = {LTS: 17, CURRENT: 21}
_MAIN = {LTS: "org.neo4j.server.CommunityEntryPoint", CURRENT: "org.neo4j.server.Neo4jCommunity"}
_BROWSER = "5.24.0"
_START_SECONDS = 120

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mlkg</groupId><artifactId>neo4j-home</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{server}</version></dependency>
    <dependency>
      <groupId>org.neo4j.client</groupId><artifactId>neo4j-browser</artifactId><version>{browser}</version>
    </dependency>
  </dependencies>
</project>
"""

_CONF = """server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size=512m
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
"""

_JVM = [
    "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED", "-XX:+UseG1GC", "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true", "-Dfile.encoding=UTF-8", "-Xms256m", "-Xmx512m",
]  # fmt: skip


class NoServer(Exception):
    """No Neo4j of the wanted version could be had; the message says what was missing."""


@dataclass
class Neo4jServer:
    """A running server. ``kill`` and ``restart`` are there only for one that was started from jars."""

    uri: str
    username: str
    password: str
    version: str
    http: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _start: Callable[[], subprocess.Popen[bytes]] | None = None
    _cleanup: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def can_be_killed(self) -> bool:
        return self._process is not None

    @property
    def auth(self) -> tuple[str, str]:
        return (self.username, self.password)

    def kill(self) -> None:
        """End the server as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again over the same data."""
        assert self._start is not None
        self._process = self._start()
        self.wait()

    def wait(self) -> None:
        """Return as soon as the server answers a query. Raises NoServer after two minutes."""
        until = time.monotonic() + _START_SECONDS
        with neo4j.GraphDatabase.driver(self.uri, auth=self.auth) as driver:
            while True:
                try:
                    driver.verify_connectivity()
                    return
                except (DriverError, Neo4jError) as error:
                    if self._process is not None and self._process.poll() is not None:
                        raise NoServer(f"Neo4j {self.version} ended with {self._process.returncode}") from error
                    if time.monotonic() > until:
                        raise NoServer(f"Neo4j {self.version} does not answer at {self.uri}: {error}") from error
                    time.sleep(0.3)

    def clear(self, *, schema: bool = False) -> None:
        """Leave an empty database; with ``schema``, without constraints and indexes too (which is slow)."""
        with neo4j.GraphDatabase.driver(self.uri, auth=self.auth) as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
            if not schema:
                return
            for row in list(session.run("SHOW CONSTRAINTS YIELD name")):
                session.run(f"DROP CONSTRAINT `{row['name']}`").consume()
            for row in list(session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")):
                session.run(f"DROP INDEX `{row['name']}`").consume()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._cleanup.close()


def start(version: str) -> Neo4jServer:
    """A server of this version; for LTS the one at NEO4J_URI where that is set. Raises NoServer."""
    if version == LTS and (uri := os.environ.get("NEO4J_URI")):
        return _external(uri)
    if _docker_answers():
        return _from_image(version)
    return from_jars(version)


def _external(uri: str) -> Neo4jServer:
    username, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    server = Neo4jServer(uri, username, password, "of NEO4J_URI")
    server.wait()
    with neo4j.GraphDatabase.driver(uri, auth=server.auth) as driver:
        count = driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"]
    if count and os.environ.get("KG_CLEAR_NEO4J") != "1":
        raise NoServer(f"the database at {uri} holds {count} nodes and the tests would delete them: KG_CLEAR_NEO4J=1")
    return server


# from a container


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        return subprocess.run([docker, "info"], capture_output=True, timeout=20, check=False).returncode == 0
    return False


def _from_image(version: str) -> Neo4jServer:
    password = secrets.token_hex(8)
    command = ["docker", "run", "--detach", "--rm", "--publish", "127.0.0.1::7687", "--publish", "127.0.0.1::7474"]
    command += ["--env", f"NEO4J_AUTH=neo4j/{password}", "--env", "NEO4J_server_memory_heap_max__size=512m"]
    container = _output([*command, IMAGES[version]])
    cleanup = contextlib.ExitStack()
    cleanup.callback(_output, ["docker", "stop", "--time", "30", container])
    try:
        bolt, http = (_output(["docker", "port", container, f"{port}/tcp"]).splitlines()[0] for port in (7687, 7474))
        server = Neo4jServer(f"bolt://{bolt}", "neo4j", password, version, f"http://{http}", _cleanup=cleanup)
        server.wait()
    except BaseException:
        cleanup.close()
        raise
    return server


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoServer(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


# from the jars


def from_jars(version: str, *plugins: Path) -> Neo4jServer:
    """A server of the published jars, with these plugins, whose procedures may do everything. Raises NoServer."""
    java = find_java(_JAVA_NEEDED[version])
    lib = _jars(version)
    cleanup = contextlib.ExitStack()
    try:
        home = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix=f"neo4j-{version}-")))
        bolt, http = _free_ports()
        password = secrets.token_hex(8)
        _make_home(home, lib, bolt, http)
        for plugin in plugins:
            shutil.copy(plugin, home / "plugins")
            with (home / "conf" / "neo4j.conf").open("a", encoding="utf-8") as conf:
                conf.write("dbms.security.procedures.unrestricted=*\n")
        admin = [java, "-cp", f"{lib}/*", f"-Dbasedir={home}", "org.neo4j.server.startup.Neo4jAdminCommand"]
        environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
        _admin([*admin, "dbms", "set-initial-password", password], environment)
        command = [java, "-cp", f"{home}/plugins/*:{home}/conf/*:{lib}/*", *_JVM, _MAIN[version]]
        command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode"]

        def launch() -> subprocess.Popen[bytes]:
            with (home / "logs" / "console.log").open("ab") as log:
                return subprocess.Popen(command, env=environment, stdout=log, stderr=log, preexec_fn=_die_with_parent)

        server = Neo4jServer(
            f"bolt://127.0.0.1:{bolt}",
            "neo4j",
            password,
            version,
            f"http://127.0.0.1:{http}",
            launch(),
            launch,
            cleanup,
        )
    except BaseException:
        cleanup.close()
        raise
    try:
        server.wait()
    except BaseException as error:
        log = (home / "logs" / "console.log").read_text(errors="replace")[-1500:]
        server.close()
        raise NoServer(f"{error}\n{log}") from error
    return server


def find_java(least: int) -> str:
    """A Java of at least this version: of JAVA_HOME, on the path, or under /usr/lib/jvm. Raises NoServer."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    candidates = [home / "bin" / "java" for home in homes]
    candidates += [Path(found)] if (found := shutil.which("java")) else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    for java in candidates:
        if java.is_file() and _java_version(java) >= least:
            return str(java)
    raise NoServer(f"no Java of version {least} or later (JAVA_HOME, the path, /usr/lib/jvm)")


def _java_version(java: Path) -> int:
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(match[1]) if match else 0


def cache_folder(version: str) -> Path:
    """Where the jars of a version are kept: outside the checkout, so that every clone shares them."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mlkg" / f"neo4j-{version}"


def _jars(version: str) -> Path:
    """The folder of the server's jars, fetched by Maven unless it is there. Raises NoServer."""
    home = cache_folder(version)
    if (home / "lib").is_dir():
        return home / "lib"
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServer("no Docker engine, and no Maven (mvn) to fetch the server with")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=home.parent) as folder:
        pom = Path(folder) / "pom.xml"
        pom.write_text(_POM.format(server=version, browser=_BROWSER), encoding="utf-8")
        goal = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={folder}/lib"]
        done = subprocess.run(
            [*goal, "-DincludeScope=runtime", "-DincludeTypes=jar"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NoServer(f"Maven could not fetch Neo4j {version}: {(done.stdout + done.stderr).strip()[-800:]}")
        with contextlib.suppress(OSError):  # another run was faster
            Path(folder).rename(home)
            Path(folder).mkdir()
    return home / "lib"


def _make_home(home: Path, lib: Path, bolt: int, http: int) -> None:
    for name in ("conf", "data", "logs", "run", "plugins", "import"):
        (home / name).mkdir()
    (home / "lib").symlink_to(lib)
    (home / "conf" / "neo4j.conf").write_text(_CONF.format(bolt=bolt, http=http), encoding="utf-8")


def _admin(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoServer(f"the password could not be set: {(done.stdout + done.stderr).strip()[-800:]}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


def _die_with_parent() -> None:
    """In the child: end when the tests are killed, so that no server is left behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextlib.contextmanager
def running(version: str) -> Iterator[Neo4jServer]:
    """:func:`start`, then :meth:`Neo4jServer.close`."""
    server = start(version)
    try:
        yield server
    finally:
        server.close()


def main() -> None:
    """A server for developers, until interrupted: ``scripts/neo4j-dev [5|2026]``."""
    version = CURRENT if sys.argv[1:] == ["2026"] else LTS
    with running(version) as server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(
            f"Neo4j {server.version}: {server.http}/browser/?dbms={server.uri}  (end it with Ctrl-C; its data goes)\n"
            f"export NEO4J_URI={server.uri} NEO4J_USERNAME={server.username} NEO4J_PASSWORD={server.password}\n"
        )
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
