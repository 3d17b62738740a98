"""The wheel carries everything that the program needs: built, installed elsewhere, run from an empty folder."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)], check=True, capture_output=True
    )
    (found,) = out.glob("*.whl")
    return found


def test_wheel_carries_ontology_queries_and_weights(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in (
        ("ontology", "kg/_data/ontology"),
        ("queries", "kg/_data/queries"),
        ("kg/extraction/model", "kg/extraction/model"),
    ):
        files = {path.name for path in (ROOT / folder).iterdir() if path.is_file()}
        assert files
        assert {f"{place}/{name}" for name in files} <= names
    assert not any(name.startswith(("tests/", "labels/")) for name in names)


def test_wheel_works_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, system_site_packages=False)
    python = tmp_path / "venv" / "bin" / "python"
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies are those of the environment that runs the tests; the program itself is the wheel's.
    (here,) = [path for path in sys.path if path.endswith("site-packages")]
    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    for path in Path(here).iterdir():
        if not path.name.startswith(("_editable_impl_mlkg", "__editable__", "mlkg", "kg")):
            (dependencies / path.name).symlink_to(path)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "papers.jsonl").write_text(
        '{"id": "2406.09246", "title": "OpenVLA", "abstract": "OpenVLA reaches a success rate of 76.5% on LIBERO."}\n'
    )

    def kg(*arguments: str) -> str:
        command = [str(python), "-W", "error::SyntaxWarning", "-m", "kg", *arguments]
        environment = {"PYTHONPATH": str(dependencies), "PATH": "/usr/bin:/bin", "HOME": str(empty)}
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert (
        str(site)
        in subprocess.run(
            [str(python), "-c", "import kg; print(kg.__file__)"], cwd=empty, capture_output=True, text=True, check=True
        ).stdout
    )
    kg("build", "papers.jsonl")
    assert "OpenVLA" in kg("query", "leaderboard", "--dataset", "LIBERO", "--csv")
    kg("view", "page.html")
    assert (empty / "page.html").stat().st_size > 10_000
