from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.library.files import LARGEST_FILE, clean_name, find_files, read_file


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    put(tmp_path, "deep/page.html")
    (found,) = find_files([tmp_path / "deep" / ".." / "deep" / "page.html"])
    assert (found.name, found.file_name, found.problem) == ("page.html", "page.html", "")
    assert found.original == str(tmp_path / "deep" / "page.html")


def test_a_folder_is_walked_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", ".hidden", ".git/config", "a/.DS_Store")
    found = list(find_files([tmp_path]))
    assert [file.name for file in found] == ["b.txt", "a/z.txt", "a/b/c.txt"]
    assert [file.file_name for file in found] == ["b.txt", "z.txt", "c.txt"]
    assert all(file.original == str(file.path) for file in found)


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "in/a.txt", "out/secret.txt")
    inside = tmp_path / "in"
    (inside / "to_secret.txt").symlink_to(tmp_path / "out" / "secret.txt")
    (inside / "to_out").symlink_to(tmp_path / "out")
    (inside / "loop").symlink_to(inside)
    (inside / "broken").symlink_to(inside / "nothing")
    (inside / "to_a.txt").symlink_to(inside / "a.txt")
    assert [file.name for file in find_files([inside])] == ["a.txt", "to_a.txt"]


def test_what_is_no_regular_file_is_skipped_in_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe")
    assert [file.name for file in find_files([tmp_path])] == ["a.txt"]
    with pytest.raises(ReadingError, match="not a regular file"):
        read_file(tmp_path / "pipe")


def test_the_librarys_own_folder_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "library/catalogue.sqlite")
    assert [f.name for f in find_files([tmp_path], outside=tmp_path / "library")] == ["a.txt"]


@pytest.mark.parametrize("page", ["Quake.html", "Quake.htm", "Quake.XHTML"])
@pytest.mark.parametrize("parts", ["Quake_files", "Quake.files"])
def test_what_a_browser_saved_beside_a_page_is_no_article(
    tmp_path: Path, page: str, parts: str
) -> None:
    put(tmp_path, f"news/{page}", f"news/{parts}/frame.html", f"news/{parts}/s1.css")
    assert [file.name for file in find_files([tmp_path])] == [f"news/{page}"]
    put(tmp_path, f"notes/{parts}/mine.txt")
    assert f"notes/{parts}/mine.txt" in [file.name for file in find_files([tmp_path])]
    (named,) = find_files([tmp_path / "news" / parts / "frame.html"])
    assert named.problem == ""


def test_styles_scripts_and_tables_of_a_folder_are_left_out_with_a_reason(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "s.css", "s.js", "t.json", "T.CSV", "css")
    found = {file.name: file.problem for file in find_files([tmp_path])}
    assert {name for name, problem in found.items() if not problem} == {"a.txt", "css"}
    assert found["T.CSV"].startswith("CSV files of a folder are left out")
    (named,) = find_files([tmp_path / "t.json"])
    assert named.problem == ""


@pytest.mark.parametrize("path", [str, Path])
def test_one_path_need_not_be_in_a_list(tmp_path: Path, path: type[str] | type[Path]) -> None:
    put(tmp_path, "page.html")
    (found,) = find_files(path(tmp_path / "page.html"))
    assert (found.name, found.problem) == ("page.html", "")


@pytest.mark.parametrize("path", [str, Path])
def test_an_address_is_not_fetched_and_that_is_said(path: type[str] | type[Path]) -> None:
    (found,) = find_files([path("https://example.org/a.html")])
    assert found.problem == "Addresses are not fetched; save the page and add the file."


def test_what_is_missing_or_empty_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    missing, empty = find_files([tmp_path / "missing.txt", str(tmp_path / "empty")])
    assert "no such file" in missing.problem
    assert missing.name == str(tmp_path / "missing.txt")
    assert "no files" in empty.problem


def test_an_upload_is_called_what_the_browser_called_it(tmp_path: Path) -> None:
    put(tmp_path, "upload-1", "upload-2")
    told = {tmp_path / "upload-1": "../../etc/page.html", tmp_path / "upload-2": "C:\\my\\b.html"}
    first, second = find_files([str(tmp_path / "upload-1"), tmp_path / "upload-2"], told)
    assert (first.name, first.original) == ("page.html", None)
    assert (second.name, second.original) == ("b.html", None)


def test_the_home_folder_may_be_written_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    put(tmp_path, "page.txt")
    (found,) = find_files(["~/page.txt"])
    assert found.original == str(tmp_path / "page.txt")


def test_a_tilde_that_is_nobodys_home_is_part_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "~$notes.txt")
    kept, missing = find_files(["~$notes.txt", "~nobody-of-that-name/x.txt"])
    assert (kept.name, kept.problem) == ("~$notes.txt", "")
    assert "no such file" in missing.problem


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(ReadingError, match="larger than 50 MB") as refused:
        read_file(path)
    assert refused.value.hint
    os.truncate(path, 3)
    assert read_file(path) == b"\0\0\0"


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="No such file"):
        read_file(tmp_path / "gone.txt")


def test_names_that_are_no_text_can_still_be_kept(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9\n.txt")).write_text("x")
    (found,) = find_files([tmp_path])
    assert found.name == "caf\ufffd\ufffd.txt"
    assert read_file(found.path) == b"x"
    assert found.original is not None
    found.original.encode()


@example(name="\udd00")
@example(name="\udcc3\udca9")
@given(name=st.text(st.characters(exclude_categories=()), max_size=600))
def test_a_clean_name_is_short_printable_text(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean) <= 200
    assert clean.isprintable()
    clean.encode()
    assert clean_name(clean) == clean
