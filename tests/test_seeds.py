"""The starter library and its questions hold together: what is asked stands where it is said to."""

from __future__ import annotations

import html
import json
import re
import string
from collections import Counter
from typing import Any

import pytest

from assistant.reading.formats import read_page
from assistant.reading.sentences import sentence_spans
from assistant.reading.splitting import split_page
from assistant.records import Article
from assistant.resources import resource

PAGES = sorted(resource("seeds", "pages").iterdir())
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line)
    for line in resource("seeds", "questions.jsonl").read_text("utf-8").splitlines()
]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
REQUIRED = {"id", "split", "question", "answers", "answerable"}
OPTIONAL = {"history", "article", "evidence"}

TITLES = {
    "aldermouth-courier.txt": [
        "Skerry Line Orders a Second Electric Ferry for the Tarsay Crossing",
        "Hask Crossing Reopens After Eleven Weeks With a Smaller Boat",
        "River Alder Puts Seven Streets of Aldermouth Under Water",
        "Aldermouth Floods Again, and This Time the Pumps Hold",
    ],
    "counting-night.md": ["Counting Night: How 19,846 Papers Became a Mayor"],
    "how-a-container-crosses-the-sea.md": ["How a Container Crosses the Sea"],
    "port-verrin-night-shift.html": ["The Night Shift That Saved Port Verrin"],
    "rain-diary.txt": ["Ninety-one Years of Rain, Written in Pencil"],
    "three-lakes.txt": ["Dorrin Wins the Three Lakes Row by the Length of a Boat"],
    "what-hydrogen-is.html": ["What Hydrogen Is, and What It Is Not"],
    "world-digest.txt": [
        "South Caucasus Weighs the Price of a Thaw Between Russia and the West",
        "Geneva Summit Ends Early, With Two Ambassadors Going Back to Work",
        "Driving a Wedge Between Moscow and Beijing: a Sceptic’s View",
        "Japan and Russia Count Their Projects, From Ammonia to Arcade Games",
    ],
}


def by_id(questions: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(question, id=question["id"]) for question in questions]


def squad(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: what answers are compared in."""
    plain = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """Every article of the starter library by its title."""
    read = [
        article
        for path in PAGES
        for article in split_page(read_page(path.read_bytes(), path.name), path.name)
    ]
    assert len({article.title for article in read}) == len(read)
    return {article.title: article for article in read}


# --- the questions alone -----------------------------------------------------------------------


def test_there_are_as_many_questions_of_each_kind_as_the_readme_says() -> None:
    kinds = Counter(
        (q["split"], "follow-up" if "history" in q else "plain", q["answerable"]) for q in QUESTIONS
    )
    assert kinds == {
        (split, kind, answerable): number
        for split in ("tune", "report")
        for kind, answerable, number in (
            ("plain", True, 26),
            ("plain", False, 9),
            ("follow-up", True, 5),
        )
    }


def test_ids_and_questions_are_not_repeated() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    asked = [(question["question"], str(question.get("history"))) for question in QUESTIONS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("question", by_id(QUESTIONS))
def test_a_question_has_its_fields(question: dict[str, Any]) -> None:
    assert REQUIRED <= question.keys() <= REQUIRED | OPTIONAL
    assert question["question"].endswith("?")
    assert bool(question["answers"]) == ("evidence" in question) == question["answerable"]
    if question["answerable"]:
        assert "article" in question
    for turn in question.get("history", []):
        assert len(turn) == 2
        assert all(turn)


def test_an_article_is_asked_about_in_one_split_only() -> None:
    splits: dict[str, set[str]] = {}
    for question in QUESTIONS:
        if "article" in question:
            splits.setdefault(question["article"], set()).add(question["split"])
    assert {title for title, used in splits.items() if len(used) > 1} == set()
    assert set(splits) == {title for titles in TITLES.values() for title in titles}


def test_most_questions_without_an_answer_are_near_misses() -> None:
    unanswerable = [question for question in QUESTIONS if not question["answerable"]]
    assert sum("article" in question for question in unanswerable) >= 16


@pytest.mark.parametrize("question", by_id(ANSWERABLE))
def test_an_answer_stands_in_the_evidence(question: dict[str, Any]) -> None:
    assert any(squad(answer) in squad(question["evidence"]) for answer in question["answers"])


def test_a_third_of_the_questions_share_few_words_with_the_evidence() -> None:
    plain = [question for question in ANSWERABLE if "history" not in question]
    paraphrased = 0
    for question in plain:
        asked = {word for word in squad(question["question"]).split() if len(word) > 3}
        shared = asked & set(squad(question["evidence"]).split())
        paraphrased += len(shared) <= len(asked) / 5
    assert paraphrased >= len(plain) / 3


# --- the pages as they were saved --------------------------------------------------------------


@pytest.mark.parametrize("question", by_id(ANSWERABLE))
def test_evidence_stands_in_exactly_one_place_of_the_saved_pages(question: dict[str, Any]) -> None:
    places = 0
    for path in PAGES:
        text = path.read_text("utf-8")
        if path.suffix == ".html":
            text = html.unescape(re.sub(r"<[^>]+>", " ", text))
        places += " ".join(text.split()).count(question["evidence"])
    assert places == 1


# --- the pages as they are read ----------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_gives_its_articles(path: Any) -> None:
    page = read_page(path.read_bytes(), path.name)
    assert [article.title for article in split_page(page, path.name)] == TITLES[path.name]


def test_articles_have_between_300_and_1200_words(articles: dict[str, Article]) -> None:
    lengths = {title: len(article.text.split()) for title, article in articles.items()}
    assert {title: n for title, n in lengths.items() if not 300 <= n <= 1200} == {}


def test_authors_dates_and_sections_are_read(articles: dict[str, Article]) -> None:
    told = {title: (a.author, a.published, a.section) for title, a in articles.items()}
    courier, digest = TITLES["aldermouth-courier.txt"], TITLES["world-digest.txt"]
    assert {title: told[title] for title in (*courier, *digest)} == {
        courier[0]: ("Jonas Petrie", "2021-03-09", "Harbour"),
        courier[1]: ("Jonas Petrie", "2021-04-16", "Harbour"),
        courier[2]: ("Tova Marsh", "2019-11-19", "Town"),
        courier[3]: ("Tova Marsh", "2021-02-09", "Town"),
        digest[0]: ("Maren Oake", "2021-07-02", "World Digest"),
        digest[1]: (None, None, "World Digest"),
        digest[2]: (None, "2021-06-30", "World Digest"),
        digest[3]: ("Tobias Renn", "2021-07-05", "World Digest"),
    }
    alone = {title: told[title][:2] for name in TITLES for title in TITLES[name][:1]}
    assert alone[TITLES["port-verrin-night-shift.html"][0]] == ("Leonie Hartmoor", "2023-03-14")
    assert alone[TITLES["what-hydrogen-is.html"][0]] == ("Rupert Ansel", "2022-05-20")
    assert alone[TITLES["counting-night.md"][0]] == ("Marit Oslow", "2021-09-18")
    assert alone[TITLES["how-a-container-crosses-the-sea.md"][0]] == ("Idris Quayle", "2022-11-02")
    assert alone[TITLES["rain-diary.txt"][0]] == ("Celia Worth", "2020-10-03")
    assert alone[TITLES["three-lakes.txt"][0]] == (None, "2021-08-22")


@pytest.mark.parametrize("question", by_id(ANSWERABLE))
def test_evidence_is_one_sentence_of_the_article_it_names(
    question: dict[str, Any], articles: dict[str, Article]
) -> None:
    holders = [title for title, a in articles.items() if question["evidence"] in a.text]
    assert holders == [question["article"]]
    text = articles[question["article"]].text
    assert question["evidence"] in [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "clutter",
    [
        "Connect with us",
        "Continue Reading",
        "Related Topics",
        "Tweet",
        "Sign up for our newsletter",
        "Courier Almanac",
        "Accept all",
        "our 214 partners",
        "Tidewater mattresses",
        "Bluewater Schools",
        "Subscribe from 2 crowns",
        "The Harbour Letter",
        "never wait less than 50 minutes",
        "The bridge that nobody built",
        "Only 12 percent of lorries come at night",
        "Become a friend",
        "turquoise",
    ],
)
def test_clutter_is_in_no_article(clutter: str, articles: dict[str, Article]) -> None:
    assert any(clutter in path.read_text("utf-8") for path in PAGES)
    assert [title for title, a in articles.items() if clutter in a.text] == []


@pytest.mark.parametrize(
    ("title", "note"),
    [
        (TITLES["world-digest.txt"][0], "appeared first in Caucasus Watch"),
        (TITLES["world-digest.txt"][0], "Emil Avdaliani, whose analysis is summarised above"),
        (TITLES["world-digest.txt"][1], "Carter and Brezhnev in Vienna in 1979"),
        (TITLES["world-digest.txt"][2], "Illustration: World Digest picture desk"),
        (TITLES["aldermouth-courier.txt"][0], "was a deck hand on the Tarsay crossing"),
        (TITLES["port-verrin-night-shift.html"][0], "bookings for 61 lorries"),
        (TITLES["what-hydrogen-is.html"][0], "taught chemistry for nineteen years"),
        (TITLES["counting-night.md"][0], "is not related to Ruth Calloway"),
        (TITLES["how-a-container-crosses-the-sea.md"][0], "At 18 knots rather than 24"),
    ],
)
def test_notes_captions_and_biographies_belong_to_their_article(
    title: str, note: str, articles: dict[str, Article]
) -> None:
    assert [name for name, a in articles.items() if note in a.text] == [title]
