from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.reading.formats import read_page
from assistant.reading.passages import split_passages
from assistant.reading.splitting import split_page
from assistant.records import Article

CRANES = (
    "The two cranes of Vellmar were put up again on Monday. They lift 40 tonnes each and stand 62"
    " metres high, and it took a crew of forty three weeks to bolt them together again."
)
FERRY = (
    "The ferry to Ostby will stop on 1 April, after ninety years. The last captain, who steered it"
    " for 31 years, will keep the bell. Fewer than 30 people a day took it last winter."
)
LIBRARY = (
    "The library of Ostby opens on Sundays. Its keeper, who asked not to be named, has bought a"
    " second stove. The reading room was full in the very first week, she says, and loud."
)
CREDIT = "Official Harbour Photo by Carla Moen"
FOOTNOTE = "*The first bell was cast in 1871 and lies on the bottom of the sound."
BIOGRAPHY = "Ina Torvik covers ports and ships, and has lived in Vellmar since 2011."
NOTE = "Author’s note: first published in The Quay"
PAGE = f"""Connect with us

Coast

Cranes Return to Vellmar: What It Means

Published

on

{CRANES}

{FERRY.replace("Ostby", "Norby")}

{NOTE}

{BIOGRAPHY}

Continue Reading
Comments

Coast

Who Steers the Ferry Now?

Published

3 days ago

on

June 18, 2021

By

Olav Renn

{CREDIT}

{FERRY}

{FOOTNOTE}

Share this:

Related Articles

Something Else Entirely

Continue Reading

Coast

A Library on Sundays

Published

on

{LIBRARY}

Continue Reading

Subscribe to our newsletter

Publications

Latest

Coast 4 days ago

Cranes Return to Vellmar: What It Means

Trending
"""


def articles(text: str, name: str = "saved_page.txt") -> list[Article]:
    return split_page(read_page(text.encode(), name), name)


def test_a_page_that_strings_articles_together_is_split_at_its_markers() -> None:
    cranes, ferry, library = articles(PAGE)
    assert [article.title for article in (cranes, ferry, library)] == [
        "Cranes Return to Vellmar: What It Means",
        "Who Steers the Ferry Now?",
        "A Library on Sundays",
    ]
    assert {article.section for article in (cranes, ferry, library)} == {"Coast"}
    assert (cranes.author, cranes.published) == ("Ina Torvik", None)
    assert (ferry.author, ferry.published) == ("Olav Renn", "2021-06-18")
    assert cranes.notes == (NOTE, BIOGRAPHY)
    assert ferry.notes == (CREDIT, FOOTNOTE)
    assert ferry.text == f"{CREDIT}\n\n{FERRY}\n\n{FOOTNOTE}"
    assert library.text == LIBRARY
    assert cranes.source == "saved_page.txt"
    assert cranes.id == ""


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_and_encodings_make_no_difference(line_end: str) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        data = PAGE.replace("\n", line_end).encode(encoding)
        assert split_page(read_page(data, "p"), "saved_page.txt") == articles(PAGE)


def test_no_passage_crosses_two_articles_or_holds_clutter() -> None:
    for article in articles(PAGE):
        for passage in split_passages(article, lambda text: len(text.split()), 60):
            assert sum(name in passage.text for name in ("cranes", "bell", "stove")) <= 1
            for line in ("Published", "Connect", "Continue", "Comments", "Trending", "newsletter"):
                assert line not in passage.text


@pytest.mark.parametrize(
    "marker",
    [
        "Published 3 days ago on June 18, 2021\nBy Jane Doe",
        "By Jane Doe\nPublished: 18 June 2021 | 10:30",
        "Posted by Jane Doe on 18 June 2021",
        "By Jane Doe | Updated June 18, 2021\n\nShare\n\nTweet",
        "Jane Doe - 18 June 2021",
        "By Jane Doe, Staff Writer\n\nJune 18, 2021 · 5 min read",
    ],
)
@pytest.mark.parametrize("end", ["Read more", "Leave a comment", "Share this:", "Advertisement"])
def test_markers_of_other_sites(marker: str, end: str) -> None:
    page = "\n\n".join(
        ["Cranes Return", marker, CRANES, end, "Who Steers the Ferry Now?", marker, FERRY, end]
    )
    found = articles(page)
    assert [(article.title, article.text) for article in found] == [
        ("Cranes Return", CRANES),
        ("Who Steers the Ferry Now?", FERRY),
    ]
    assert {(article.author, article.published) for article in found} == {
        ("Jane Doe", "2021-06-18")
    }


def test_a_sentence_between_title_and_marker_is_text() -> None:
    (first, second) = articles(
        f"Cranes Return\n\nThey are back at last.\n\nPublished\n\non\n\n{CRANES}\n\n"
        f"Continue Reading\n\nThe Ferry\n\nPublished\n\non\n\n{FERRY}"
    )
    assert (first.title, first.text) == ("Cranes Return", f"They are back at last.\n\n{CRANES}")
    assert second.title == "The Ferry"


def test_a_list_of_other_articles_with_dates_is_no_article() -> None:
    listed = (
        "Trending now\n\nOld Cranes\n\nJune 1, 2021\n\nNew Bells\n\nJune 2, 2021\n\nA Third One"
    )
    (article,) = articles(f"The Ferry\n\nJune 18, 2021\n\n{FERRY}\n\n{listed}")
    assert article.text == FERRY


def test_comments_of_readers_are_left_out() -> None:
    (article,) = articles(f"The Ferry\n\n{FERRY}\n\n2 Comments\n\nA reader\n\n{LIBRARY}")
    assert article.text == FERRY


def test_subheadings_with_dates_do_not_split_an_article() -> None:
    diary = f"A Diary\n\n{CRANES}\n\nThe second day\n\n4 May 2021\n\n{FERRY}"
    (article,) = articles(diary)
    assert article.title == "A Diary"
    assert "The second day\n\n4 May 2021" in article.text


def test_sentences_about_sharing_and_publishing_stay() -> None:
    text = f"{CRANES}\n\nRead more slowly, she said.\n\nPublished in 1921, it was forgotten."
    (article,) = articles(f"The Ferry\n\n{text}")
    assert article.text == text


def test_a_text_without_markers_is_one_article() -> None:
    (titled,) = articles(f"Cranes Return\n\n{CRANES}\n\n{FERRY}")
    assert (titled.title, titled.text) == ("Cranes Return", f"{CRANES}\n\n{FERRY}")
    (untitled,) = articles(f"{CRANES}\n\n{FERRY}", "the_cranes-of_vellmar.txt")
    assert (untitled.title, untitled.text) == ("the cranes of vellmar", f"{CRANES}\n\n{FERRY}")
    (line,) = articles("Only one line", "note.txt")
    assert (line.title, line.text) == ("note", "Only one line")


def test_markdown_with_one_heading_is_one_article() -> None:
    (article,) = articles(
        f"# Cranes Return\n\n*By Jane Doe, 3 May 2021*\n\n{CRANES}\n\n## Comments\n\n{FERRY}[^1]"
        "\n\n[^1]: Counted in winter."
    )
    assert (article.title, article.author) == ("Cranes Return", "Jane Doe")
    assert article.published == "2021-05-03"
    assert article.text == f"{CRANES}\n\nComments\n\n{FERRY}\n\nCounted in winter."
    assert article.notes == ("Counted in winter.",)


def test_front_matter_goes_before_the_heading() -> None:
    (article,) = articles(f"---\ntitle: The long title\n---\n# Short\n\n{CRANES}")
    assert article.title == "The long title"


def test_nothing_but_clutter_is_an_error() -> None:
    with pytest.raises(ReadingError):
        articles("Connect with us\n\nShare\n\nTweet\n\nContinue Reading\n\nTrending")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([CRANES, FERRY, LIBRARY]),
            st.sampled_from(["", "Read more", "Continue Reading\nComments", "Share\n\nTweet"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_each_article_of_a_page_comes_out_whole(parts: list[tuple[str, str]]) -> None:
    page = "\n\n".join(
        f"Coast\n\nTitle Number {number}\n\nPublished\n\non\n\n{text}\n\n{end}"
        for number, (text, end) in enumerate(parts)
    )
    found = [(article.title, article.text) for article in articles(page)]
    assert found == [(f"Title Number {number}", text) for number, (text, _) in enumerate(parts)]
