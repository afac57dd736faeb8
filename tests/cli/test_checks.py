from __future__ import annotations

from pathlib import Path

from assistant.cli.checks import check_processor, check_sqlite, processor_flags


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
