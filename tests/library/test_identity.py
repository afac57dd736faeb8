from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.identity import Identities
from assistant.library.journal import Version


def version(row: int, name: str, path: Path | None = None, sha256: str = "") -> Version:
    kept = None if path is None else str(path)
    return Version(row, name, name.rpartition("/")[2], kept, sha256 or f"sha {row}")


TITLES = {1: {"Owls", "Mills"}, 2: {"Owls", "Mills", "Bells"}, 3: {"Ferries"}}


def test_the_same_bytes_are_the_same_source() -> None:
    known = version(1, "a.txt", sha256="same")
    identities = Identities([known], TITLES.__getitem__)
    assert identities.same_bytes("same") is known
    assert identities.same_bytes("other") is None


def test_bytes_that_were_replaced_are_not_there_any_more() -> None:
    identities = Identities([version(1, "a.txt", sha256="old")], TITLES.__getitem__)
    identities.keep(version(2, "a.txt", sha256="new"))
    assert identities.same_bytes("old") is None
    newest = identities.same_bytes("new")
    assert newest is not None
    assert newest.row == 2


def test_the_same_path_is_the_same_source_whatever_it_holds(tmp_path: Path) -> None:
    known = version(1, "a.txt", tmp_path / "a.txt")
    identities = Identities([known], TITLES.__getitem__)
    assert identities.same_source(str(tmp_path / "a.txt"), "a.txt", {"Other"}) is known


def test_a_file_that_moved_is_known_by_name_and_a_title(tmp_path: Path) -> None:
    known = version(1, "a.txt", tmp_path / "gone" / "a.txt")
    identities = Identities([known], TITLES.__getitem__)
    here = str(tmp_path / "a.txt")
    assert identities.same_source(here, "a.txt", {"Owls", "New"}) is known
    assert identities.same_source(here, "a.txt", {"New"}) is None
    assert identities.same_source(here, "b.txt", {"Owls"}) is None


def test_a_file_whose_source_is_still_in_place_is_another_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("still here")
    identities = Identities([version(1, "a.txt", tmp_path / "a.txt")], TITLES.__getitem__)
    assert identities.same_source(str(tmp_path / "b" / "a.txt"), "a.txt", {"Owls"}) is None


def test_an_upload_updates_an_upload(tmp_path: Path) -> None:
    known = version(1, "a.txt")
    assert Identities([known], TITLES.__getitem__).same_source(None, "a.txt", {"Owls"}) is known


def test_of_several_that_may_have_moved_the_most_alike_is_taken() -> None:
    candidates = [version(1, "x/a.txt"), version(2, "y/a.txt"), version(3, "z/a.txt")]
    identities = Identities(candidates, TITLES.__getitem__)
    assert identities.same_source(None, "a.txt", {"Owls", "Mills", "Bells"}) is candidates[1]
    assert identities.same_source(None, "a.txt", {"Ferries"}) is candidates[2]


@pytest.mark.parametrize(
    ("taken", "wanted", "free"),
    [
        ([], "a.txt", "a.txt"),
        (["a.txt"], "a.txt", "a (2).txt"),
        (["a.txt", "a (2).txt"], "a.txt", "a (3).txt"),
        (["x/a.tar.gz"], "x/a.tar.gz", "x/a.tar (2).gz"),
        (["page"], "page", "page (2)"),
    ],
)
def test_names_are_given_once(taken: list[str], wanted: str, free: str) -> None:
    versions = [version(row, name) for row, name in enumerate(taken)]
    assert Identities(versions, TITLES.__getitem__).free_name(wanted) == free
