"""The built wheel: what it carries, and that its command works from an empty folder without a checkout.

Nothing is downloaded: the locked backend builds the wheel, and the fresh environment borrows the libraries of this one.
"""

import configparser
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES, TARGETS = "harness/_suites", "harness/_targets"


def run(command: list[str], folder: Path) -> str:
    """Standard output of a command that must succeed, run in `folder` with nothing but a home there."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)], ROOT)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that has the wheel, and sees the libraries of this one."""
    folder = tmp_path_factory.mktemp("fresh")
    run([sys.executable, "-m", "venv", str(folder / "venv")], folder)
    programs = folder / "venv/bin"
    run([str(programs / "python"), "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", str(wheel)], folder)
    # A path file inside a folder named by a path file is not read: this checkout's own editable install stays unseen.
    (own,) = (folder / "venv/lib").glob("python*/site-packages")
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def test_the_wheel_carries_the_package_the_suites_and_the_targets_alone(wheel: Path) -> None:
    def below(folder: str, into: str) -> set[str]:
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {f"{into}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}

    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    code, suites, targets = below("harness", "harness"), below("suites", SUITES), below("targets", TARGETS)
    assert carried == code | suites | targets
    assert "harness/py.typed" in carried
    assert f"{SUITES}/authentication/fabricated_key.py" in carried
    assert any(name.startswith(f"{TARGETS}/") and name.endswith(".yaml") for name in carried)


def test_the_wheel_offers_one_command_and_no_pytest_plugin(wheel: Path) -> None:
    offered = configparser.ConfigParser()
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        offered.read_string(archive.read(name).decode())
    assert {section: dict(offered[section]) for section in offered.sections()} == {
        "console_scripts": {"holdfast": "harness.cli:main"}
    }


def test_the_installed_package_is_the_wheels_own(installed: Path, tmp_path: Path) -> None:
    found = run([str(installed / "python"), "-c", "import harness; print(harness.__file__)"], tmp_path)
    assert Path(found.strip()).is_relative_to(installed.parent)


def test_help_names_the_commands_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    told = run([str(installed / "holdfast"), "--help"], tmp_path)
    for command in ("check", "run", "cleanup", "explain", "demo"):
        assert command in told


def test_a_family_is_explained_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    told = run([str(installed / "holdfast"), "explain", "fabricated-key"], tmp_path)
    assert "Fabricated key" in told
    assert list(tmp_path.iterdir()) == []
