"""README keeps its word: its examples run, and its map of the files is the tree.

A fenced block is tested when an HTML comment stands before it: `<!-- test: python -->`,
`<!-- test: shell -->`, `<!-- test: client -->` or `<!-- test: map -->`. The examples run one after
the other in a folder that holds `seeds/`, with a library and settings of their own; those of
clients ask a page that is served meanwhile.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.settings import Settings
from tests.web.conftest import serving
from tests.web.fake_assistant import HARBOUR, FakeAssistant, stand_in

REPOSITORY = Path(__file__).parents[1]
README = REPOSITORY / "README.md"
MARKED = re.compile(r"^<!-- test: (\w+) -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| [^|]*\|$", re.MULTILINE)
MAP_LINE = re.compile(r"(\S+) +# (\S.*)")


@dataclass(frozen=True)
class Block:
    """A fenced block that is tested; ``line`` is that of its comment."""

    kind: str
    line: int
    text: str


def blocks(readme: str) -> list[Block]:
    """All blocks that are marked for a test, in their order."""
    return [
        Block(match[1], readme.count("\n", 0, match.start()) + 1, match[2])
        for match in MARKED.finditer(readme)
    ]


def map_problems(text: str, tracked: Iterable[str]) -> list[str]:
    """What is wrong with a map of the files, given the paths of all tracked files.

    Each line is `path  # what it is`, folders ending in a slash. The files and folders of the
    top two levels must be there; a folder with no line below it stands for all that is in it.
    """
    problems: list[str] = []
    mapped: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        match = MAP_LINE.fullmatch(line)
        if match:
            mapped.append(match[1])
        else:
            problems.append(f"no path and note: {line}")
    files = set(tracked)
    folders = {f"{parent}/" for file in files for parent in Path(file).parents if parent.name}
    problems += [f"does not exist: {path}" for path in mapped if path not in files | folders]
    closed = {
        path
        for path in mapped
        if path.endswith("/") and not any(o != path and o.startswith(path) for o in mapped)
    }
    for file in sorted(files):
        first, *rest = file.split("/")
        upper = file if len(rest) < 2 else f"{first}/{rest[0]}/"
        if upper not in mapped and f"{first}/" not in closed:
            problems.append(f"not in the map: {upper}")
    return list(dict.fromkeys(problems))


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    )
    return [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]


def readme_blocks(*kinds: str) -> list[Block]:
    return [block for block in blocks(README.read_text(encoding="utf-8")) if block.kind in kinds]


def test_the_map_is_the_tree() -> None:
    maps = readme_blocks("map")
    assert len(maps) == 1
    assert map_problems(maps[0].text, tracked_files()) == []


def test_every_marked_block_is_of_a_known_kind() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- test:") == len(blocks(text))
    kinds = [block.kind for block in blocks(text)]
    assert set(kinds) == {"python", "shell", "client", "map"}


def test_the_table_of_settings_is_that_of_the_program() -> None:
    rows = SETTING.findall(README.read_text(encoding="utf-8"))
    assert [name for name, _ in rows] == list(Settings.model_fields)
    for name, told in rows:
        if told not in ("see above", "none"):
            default = Settings.model_fields[name].default
            assert told == f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.real
def test_the_examples_run(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "seeds", tmp_path / "seeds")
    environment = os.environ | {
        f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA")
    }
    scripts = Path(sys.executable).parent
    environment["PATH"] = f"{scripts}{os.pathsep}{environment['PATH']}"
    for block in readme_blocks("python", "shell"):
        program = [sys.executable, "-c"] if block.kind == "python" else ["bash", "-euc"]
        done = subprocess.run(
            [*program, block.text],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"README.md:{block.line}\n{done.stdout}\n{done.stderr}"


def test_the_client_asks_the_page(tmp_path: Path) -> None:
    (block,) = readme_blocks("client")
    with serving(stand_in(FakeAssistant(tmp_path))) as address:
        program = block.text.replace("http://127.0.0.1:7860", address.rstrip("/"))
        assert program != block.text
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, f"README.md:{block.line}\n{done.stdout}\n{done.stderr}"
    assert "The ferries leave twice a day, at six and at half past two.[1]" in done.stdout
    assert f"supported {HARBOUR.title} From March the ferries leave twice a day" in done.stdout


def test_marked_blocks_are_found_with_their_lines() -> None:
    text = (
        "# Title\n\n```python\nunmarked()\n```\n\n<!-- test: python -->\n\n```python\nprint(1)\n\n"
        "print(2)\n```\n<!-- test: shell -->\n```bash\nassistant --help\n```\n"
    )
    assert blocks(text) == [
        Block("python", 7, "print(1)\n\nprint(2)\n"),
        Block("shell", 14, "assistant --help\n"),
    ]


TREE = ("README.md", "app/a.py", "app/part/b.py", "app/part/deep/c.py", "tests/t.py", ".ci/run")
MAP = "README.md  # read me\napp/a.py # a\napp/part/ # all the rest\ntests/ # tests\n.ci/run # CI\n"


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (("", ""), []),
        (("app/a.py # a\n", ""), ["not in the map: app/a.py"]),
        (("app/part/ # all the rest\n", ""), ["not in the map: app/part/"]),
        (("tests/ # tests\n", ""), ["not in the map: tests/t.py"]),
        (("app/a.py # a\n", "app/ # a folder with lines below it\n"), ["not in the map: app/a.py"]),
        (("# read me\n", "# read me\ngone.py # gone\n"), ["does not exist: gone.py"]),
        (("# read me\n", "# read me\nwhat\n"), ["no path and note: what"]),
        (("app/part/ ", "app/part "), ["does not exist: app/part", "not in the map: app/part/"]),
    ],
)
def test_a_wrong_map_is_found(change: tuple[str, str], problems: list[str]) -> None:
    assert map_problems(MAP.replace(*change, 1), TREE) == problems
