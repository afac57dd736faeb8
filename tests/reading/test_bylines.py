from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.bylines import Details, iso_date, read_details, read_name


@pytest.mark.parametrize(
    "text",
    [
        "2021-06-18", "2021/06/18", "2021-06-18T10:30:00Z", "18 June 2021", "18th of June, 2021",
        "June 18, 2021", "Jun. 18th 2021", "Fri, 18 Jun 2021 10:00", "18.06.2021", "06/18/2021",
        "18/06/2021",
    ],
)  # fmt: skip
def test_usual_spellings_of_a_date(text: str) -> None:
    assert iso_date(text) == "2021-06-18"


@pytest.mark.parametrize(
    "text", ["", "June", "31 February 2020", "03/04/2021", "2021", "12345-67-89"]
)
def test_what_is_no_certain_date(text: str) -> None:
    assert iso_date(text) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published", Details(announces=True)),
        ("on", Details()),
        ("2 days ago", Details()),
        ("By", Details(awaits_name=True)),
        ("Published 3 days ago on June 18, 2021", Details(announces=True, published="2021-06-18")),
        ("Last updated on 1st of March 2019", Details(announces=True, published="2019-03-01")),
        ("By Jane Doe", Details(author="Jane Doe")),
        ("By Jane Doe, Staff Writer", Details(author="Jane Doe")),
        ("Written by A. B. van der Berg", Details(author="A. B. van der Berg")),
        (
            "By May Jones, May 3, 2020 · 5 min read",
            Details(author="May Jones", published="2020-05-03"),
        ),
        ("Jane Doe - June 18, 2021", Details(author="Jane Doe", published="2021-06-18")),
        ("3 October 2020, by Celia Worth", Details(author="Celia Worth", published="2020-10-03")),
        ("Lissen, 22 August 2021", Details(published="2021-08-22")),
        (
            "Posted by Rupert Ansel on 20 May 2022 in Elements",
            Details(
                announces=True, author="Rupert Ansel", published="2022-05-20", section="Elements"
            ),
        ),
    ],
)
def test_lines_of_details(line: str, expected: Details) -> None:
    assert read_details(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the ice had gone.", "Published in 1921, the book was soon forgotten.", "By Hand",
        "The ice broke on 3 March 2021.", "Published on paper", "Born 3 May 1921",
        "Posted to Vienna in June 1921", "", "x" * 500,
    ],
)  # fmt: skip
def test_sentences_are_no_details(line: str) -> None:
    assert read_details(line) is None


def test_names_under_a_bare_by() -> None:
    assert read_name("Jonas Petrie") == "Jonas Petrie"
    assert read_name("the ferry sailed") is None


@settings(max_examples=200)
@given(st.text(max_size=220))
def test_any_line_can_be_read(line: str) -> None:
    details = read_details(line)
    assert details is None or len(line) <= 200
