"""The scripts as a person calls them."""

import os
import subprocess
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(
    script: str, *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "script" / script, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_setup_is_silent_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    again = run("setup", cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_the_engine_runs_anywhere_without_home_assistant(tmp_path: Path) -> None:
    asked = run("engine", "--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert asked.returncode == 0
    assert "usage: engine" in asked.stdout
    modules = [line.rpartition("|")[2].strip() for line in asked.stderr.splitlines() if "|" in line]
    assert "engine.model" in modules
    foreign = ("homeassistant", "probatio", "voluptuous", "custom_components")
    assert not [name for name in modules if name.startswith(foreign)]


def test_the_engine_gets_its_arguments_as_they_are(tmp_path: Path) -> None:
    asked = run("engine", "plan", "no such  file*.json", cwd=tmp_path)
    assert asked.returncode != 0
    assert "no such  file*.json" in asked.stderr


def test_the_package_holds_what_hacs_installs(tmp_path: Path) -> None:
    packed = run("package", tmp_path / "merit_order.zip", cwd=tmp_path)
    assert packed.returncode == 0, packed.stderr
    with zipfile.ZipFile(tmp_path / "merit_order.zip") as archive:
        names = set(archive.namelist())
    assert {"manifest.json", "__init__.py", "engine/pipeline.py", "www/merit-order.js"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("/", ".."))]
