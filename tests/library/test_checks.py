from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelError
from assistant.inference.models import ModelInfo
from assistant.library.checks import (
    check_installation,
    check_library,
    check_processor,
    check_sqlite,
    processor_flags,
)
from assistant.library.store import Library
from tests.fakes import HashEmbedder
from tests.library.support import MILL, write_page


def test_sqlite_of_this_python_searches_text() -> None:
    assert check_sqlite().state == "ok"


def test_flags_are_those_of_the_first_processor(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(
        "processor\t: 0\nvmx flags\t: vnmi\nflags\t\t: fpu avx avx2\nbugs\t\t: none\n"
        "processor\t: 1\nflags\t\t: other\n"
    )
    assert processor_flags(cpuinfo) == {"fpu", "avx", "avx2"}
    assert processor_flags(tmp_path / "none") == frozenset()
    cpuinfo.write_bytes(b"\xff\x00")
    assert processor_flags(cpuinfo) == frozenset()


def test_a_processor_without_avx2_is_slow_but_no_problem() -> None:
    assert check_processor("x86_64", {"fma", "avx2", "avx", "sse"}).text == (
        "x86_64 with avx, avx2, fma"
    )
    assert check_processor("x86_64", {"avx"}).state == "warning"
    assert check_processor("x86_64", {"sse"}).state == "warning"
    assert check_processor("arm64", set()).state == "ok"


def test_a_library_is_told_to_agree_or_what_is_amiss(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        library.add([write_page(tmp_path, "mill.md", "The mill", MILL)])
        (finding,) = check_library(library)
        assert finding.state == "ok"
        assert finding.text == f"1 source, 1 article, 1 passage; all agrees: {library.folder}"
        library.index.writing().delete(list(library.owners()))
        (finding,) = check_library(library)
        assert (finding.state, finding.hint) == ("problem", "`assistant doctor --repair` mends it.")
        assert "vectors of 1 passages are missing" in finding.text
        (finding,) = check_library(library, repair=True)
        assert finding.state == "ok"


def test_models_that_cannot_be_looked_at_are_a_problem() -> None:
    def refuse() -> list[ModelInfo]:
        raise ModelError("The catalogue is gone.", "Install again.")

    *first, last = check_installation(refuse)
    assert [finding.check for finding in first] == ["Python", "SQLite", "processor"]
    assert (last.state, last.text, last.hint) == (
        "problem",
        "The catalogue is gone.",
        "Install again.",
    )
