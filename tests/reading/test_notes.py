from __future__ import annotations

import pytest

from assistant.reading.notes import biography, is_note

BIOGRAPHY = "Ina Torvik writes about ports and has covered Vellmar since 2011."


@pytest.mark.parametrize(
    "line",
    [
        "Author’s note: first published in The Quay", "Editor's note: names were changed.",
        "*The first summit was in 1979.", "† After the war.", "[1] See the report.",
        "Official Harbour Photo by Carla Moen", "At the quay. Photo: Port archive", "© Anna Lund",
        "This article was originally published in The Quay.", "Correction: it was 40, not 14.",
    ],
)  # fmt: skip
def test_notes(line: str) -> None:
    assert is_note(line)


@pytest.mark.parametrize(
    "line", ["She took a photo by the river.", "*Stars* around a word.", "Notes were taken.", ""]
)
def test_sentences_are_no_notes(line: str) -> None:
    assert not is_note(line)


def test_a_biography_names_the_author() -> None:
    assert biography(["Text about cranes.", BIOGRAPHY], None) == (BIOGRAPHY, "Ina Torvik")
    assert biography(["Text.", BIOGRAPHY, "*A footnote."], "Ina Torvik") == (
        BIOGRAPHY,
        "Ina Torvik",
    )


def test_whom_the_article_is_about_is_not_its_author() -> None:
    assert biography(["Torvik won the race.", BIOGRAPHY], None) is None
    assert biography(["Text about cranes.", BIOGRAPHY], "Olav Renn") is None
