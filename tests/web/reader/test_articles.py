from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LibraryError
from assistant.records import Article
from assistant.web.reader.articles import (
    article_address,
    article_routes,
    article_view,
    place,
    read_place,
    unchanged,
)
from assistant.web.reader.spans import Span
from tests.web.fake_assistant import BRIDGE, HARBOUR, FakeAssistant, ferry_answer, refusal, stand_in
from tests.web.hostile import EVERYTHING, HOSTILE
from tests.web.parsed import Parsed

ALLOWED = {"article", "header", "h2", "dl", "div", "dt", "dd", "bdi", "p", "br", "mark", "span"}
KINDS = ["supported", "partly", "unsupported", "near", "found"]
plain = st.characters(exclude_categories=["C"])


class BrokenAssistant(FakeAssistant):
    """Cannot read its library."""

    error: Exception = LibraryError("The library is damaged.", "Run assistant doctor.")

    def article(self, article_id: str) -> Article:
        raise self.error


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with serving(assistant) as client:
        yield client


def serving(assistant: FakeAssistant) -> TestClient:
    server = FastAPI()
    server.include_router(article_routes(stand_in(assistant)))
    return TestClient(server)


# --- places ------------------------------------------------------------------------------------


@given(
    st.text(max_size=30),
    st.integers(0, 10**9 - 1),
    st.integers(0, 10**9 - 1),
    st.text(plain, min_size=1, max_size=200),
    st.sampled_from(KINDS),
)
def test_a_place_comes_back_from_an_address_as_it_went(
    text: str, start: int, end: int, name: str, kind: str
) -> None:
    there = place(text, Span(start, end, name, kind))  # type: ignore[arg-type]
    assert read_place(str(there)) == there


@pytest.mark.parametrize(
    "sent",
    ["", "1-2-supported-0123456789abcdef-", "1-2-bad-0123456789abcdef-t-0", "-1-2-near-0-x", "a"],
)
def test_what_is_no_place_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        read_place(sent)


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40), st.text(max_size=5))
def test_only_what_still_stands_there_is_marked(
    text: str, start: int, end: int, before: str
) -> None:
    there = place(text[start:end], Span(start, end, "t-0", "supported"))
    assert unchanged(text, [there]) == [there.span]
    other = before + text
    assert unchanged(other, [there]) == [there.span] * (other[start:end] == text[start:end])


def test_an_address_names_all_places_that_an_answer_has_in_the_article() -> None:
    answer = ferry_answer("q")
    asked = parse_qs(article_address("t", answer, HARBOUR.id).partition("?")[2])
    assert asked["id"] == [HARBOUR.id]
    spans = unchanged(HARBOUR.text, map(read_place, asked["place"]))
    assert [(span.name, span.kind, HARBOUR.text[span.start : span.end]) for span in spans] == [
        ("t-0", "supported", answer.citations[0].quote),
        ("t-1", "partly", answer.citations[1].quote),
        ("t-h0", "found", HARBOUR.text),
    ]


def test_a_refusal_names_the_sentence_that_it_offers() -> None:
    asked = parse_qs(article_address("t", refusal("q"), BRIDGE.id).partition("?")[2])
    places = [read_place(sent) for sent in asked["place"]]
    assert [(p.span.name, p.span.kind) for p in places] == [("t-c0", "near"), ("t-h0", "found")]


# --- the article -------------------------------------------------------------------------------

paragraph = st.text(plain, min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.lists(paragraph, min_size=1, max_size=4), st.integers(0, 50), st.integers(0, 50))
def test_a_sentence_is_marked_also_across_paragraphs(
    paragraphs: list[str], start: int, end: int
) -> None:
    article = replace(HARBOUR, text="\n\n".join(paragraphs))
    view = article_view(article, [Span(start, end, "t-0", "partly")])
    body = Parsed(view[view.index('<div class="text">') :].removesuffix("</article>"))
    assert body.text == "".join(paragraphs)
    marked = "".join(text for _, text in body.marks)
    assert marked == article.text[start:end].replace("\n", "")
    assert len(body.named("p")) == len(paragraphs)


def test_what_is_known_of_an_article_is_told() -> None:
    view = Parsed(article_view(HARBOUR, [], "2026-11-24T06:00:00+00:00"))
    for known in (
        HARBOUR.title,
        "AuthorOla Brandt",
        "Published2024-02-11",
        "SectionShipping",
        "Sourceharbour.html",
        "Added2026-11-24",
        f"Length{len(HARBOUR.text.split())} words",
    ):
        assert known in view.text
    assert "Author" not in Parsed(article_view(BRIDGE, [])).text


def test_notes_are_set_apart() -> None:
    note = "Ola Brandt reports\non shipping."
    article = replace(HARBOUR, text=f"One.\n\n{note}\n\nTwo.", notes=(note,))
    classes = [p.get("class") for p in Parsed(article_view(article, [])).named("p")]
    assert classes == [None, "aside", None]


def test_the_page_of_an_article_opens_apart_and_learns_nothing() -> None:
    view = article_view(replace(HARBOUR, address='https://news.test/a?"b&c'), [])
    (link,) = Parsed(view).named("a")
    assert link == {
        "href": 'https://news.test/a?"b&c',
        "target": "_blank",
        "rel": "noopener noreferrer",
    }
    assert "Open the page at news.test" in Parsed(view).text


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://news.test/",
        "//news.test",
        *HOSTILE,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert "a" not in Parsed(article_view(replace(HARBOUR, address=address), [])).tags


def test_hostile_articles_stay_text() -> None:
    article = Article("h", *[EVERYTHING] * 6, (EVERYTHING,), "javascript:window.taken=1")  # type: ignore[arg-type]
    parsed = Parsed(article_view(article, [Span(3, 90, EVERYTHING, "near")], EVERYTHING))
    assert parsed.tags <= ALLOWED
    attributes = {name for _, found in parsed.elements for name in found}
    assert attributes == {"class", "dir", "tabindex", "data-quotes"}


# --- the route ---------------------------------------------------------------------------------


def test_the_article_is_served_with_its_places_marked(client: TestClient) -> None:
    answer = client.get("/" + article_address("t", ferry_answer("q"), HARBOUR.id))
    assert answer.status_code == 200
    assert [(a["data-quotes"], text) for a, text in Parsed(answer.text).marks] == [
        ("t-0 t-h0", ferry_answer("q").citations[0].quote),
        ("t-1 t-h0", ferry_answer("q").citations[1].quote),
    ]
    assert "sandbox; default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_an_article_that_has_changed_is_served_without_marks_that_would_be_wrong(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assistant.held[0] = replace(HARBOUR, text=f"New: {HARBOUR.text}")
    answer = client.get("/" + article_address("t", ferry_answer("q"), HARBOUR.id))
    assert "New: The Tern Line" in answer.text
    assert not Parsed(answer.text).marks


@pytest.mark.parametrize("article", ["gone", "", "../a1", "a1\x00", "é\u202e", *HOSTILE])
def test_unknown_articles_are_told_in_plain_text(client: TestClient, article: str) -> None:
    answer = client.get(f"/article?id={quote(article)}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_places_that_are_none_are_refused(client: TestClient) -> None:
    assert client.get("/article?id=a1&place=1-2-%3Cb%3E-0-x").status_code == 422
    assert client.get("/article").status_code == 422


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LibraryError("The library is damaged.", "Run it."), "The library is damaged. Run it."),
        (RuntimeError("secret"), "RuntimeError"),
    ],
)
def test_a_library_that_cannot_be_read_is_told_without_a_trace(
    tmp_path: Path, error: Exception, told: str
) -> None:
    broken = BrokenAssistant(tmp_path)
    broken.error = error
    answer = serving(broken).get("/article?id=a1")
    assert answer.status_code == 503
    assert told in answer.text
    assert "secret" not in answer.text
