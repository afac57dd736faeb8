"""What is installed is all that is needed: the wheel, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SHIPPED = ("prompts", "seeds")
MODELS = (
    "models/catalogue.toml",
    "models/ranking.safetensors",
    "models/reader.safetensors",
    "models/spans.safetensors",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that holds the wheel and sees the tests' packages.

    A .pth file in a folder that a .pth file names is not read, so a checkout that is installed
    into the tests' own environment stays out of sight.
    """
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "tests-own.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def files_of(*folders: str) -> Iterator[str]:
    """The tracked files below some folders of the checkout."""
    command = ["git", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    yield from (os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)


def test_the_wheel_holds_the_package_its_data_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    data = {f"assistant/data/{name}" for name in files_of(*SHIPPED, *MODELS)}
    code = set(files_of("assistant"))
    assert data
    assert data | code <= held
    assert {"assistant/py.typed", "assistant/data/models/catalogue.toml"} <= held
    assert any(name.startswith("assistant/web/static/") for name in held)
    unwanted = [
        name
        for name in held
        if not name.startswith("assistant/")
        or name.startswith(("assistant/tests", "assistant/data/models/training"))
        or (name.endswith((".pyc", ".gguf", ".safetensors")) and name not in data)
    ]
    assert unwanted == []


def test_the_wheel_is_small_and_tells_its_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size < 24_000_000  # with what was learned here; no whole model
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


QUESTION = """
import json, assistant
from assistant import Assistant
from assistant.resources import resource
with Assistant.open() as reader:
    report = reader.add([resource("seeds", "pages")])
    hits = reader.search("What is this library about?")
    answer = reader.answer("What is this library about?")
print(json.dumps([assistant.__file__, str(reader.settings.library), len(report.failed),
                  len(report.added), len(hits), answer.to_dict()]))
"""


@pytest.mark.real
def test_the_installed_wheel_answers_from_another_folder(python: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["ASSISTANT_LIBRARY"] = str(tmp_path / "library")
    done = subprocess.run(
        [python, "-c", QUESTION],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    home, library, failed, added, hits, answer = json.loads(done.stdout.splitlines()[-1])
    assert Path(home).is_relative_to(python.parents[1])
    assert library == str(tmp_path / "library")
    assert failed == 0
    assert added >= 4
    assert hits >= 1
    assert answer["text"]


def test_the_installed_command_starts_from_another_folder(python: Path, tmp_path: Path) -> None:
    command = python.with_name("assistant")
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("assistant ")
    assert done.returncode == 0
