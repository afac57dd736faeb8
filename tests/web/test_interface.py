"""The functions as another program calls them: with gradio_client, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from assistant.errors import ModelError
from assistant.records import Answer, Filters
from assistant.web.chat.running import Running
from assistant.web.interface import Interface, answered
from tests.web.conftest import finished, serving
from tests.web.fake_assistant import (
    BRIDGE,
    HARBOUR,
    FakeAssistant,
    ferry_answer,
    refusal,
    stand_in,
)
from tests.web.hostile import EVERYTHING


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    return FakeAssistant(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(stand_in(assistant)) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        # gradio_client tells its makers of its use unless this is set
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        client = Client(address, verbose=False, download_files=False)
        yield client
        client.close()


@pytest.fixture(autouse=True)
def as_new(assistant: FakeAssistant) -> None:
    assistant.reply = ferry_answer
    assistant.histories.clear()
    assistant.filters.clear()


def test_an_answer_comes_with_what_is_needed_to_check_it(client: Client) -> None:
    answer = client.predict("How often do the ferries leave?", api_name="/ask")
    expected = ferry_answer("How often do the ferries leave?")
    assert answer["text"] == expected.text
    assert answer["refused"] is False
    assert answer["standalone_question"] == expected.question
    assert [s["verdict"] for s in answer["statements"]] == ["supported", "partly", "unsupported"]
    assert [s["citations"] for s in answer["statements"]] == [[0], [1, 2], []]
    for told, citation in zip(answer["citations"], expected.citations, strict=True):
        assert (told["quote"], told["title"], told["source"], told["verdict"]) == (
            citation.quote, citation.title, citation.source, citation.verdict,
        )  # fmt: skip
        article = client.predict(told["article_id"], api_name="/read_article")
        assert article["text"][told["start"] : told["end"]] == told["quote"]
        assert answer["text"][told["mark_start"] : told["mark_end"]].startswith("[")


def test_a_refusal_names_the_closest_articles(client: Client, assistant: FakeAssistant) -> None:
    assistant.reply = refusal
    answer = client.predict("Who owns the moon?", api_name="/ask")
    assert answer["refused"] is True
    assert [c["title"] for c in answer["closest"]] == [
        BRIDGE.title,
        "An article that was not found",
    ]
    assert answer["statements"] == answer["citations"] == []


def test_history_and_filters_reach_the_assistant(client: Client, assistant: FakeAssistant) -> None:
    client.predict(
        question="And when?",
        history=[{"question": "Do ferries leave?", "answer": "They do."}],
        sources=["harbour.html"],
        sections=["Shipping"],
        authors=["Ola Brandt"],
        since="2024-01-01",
        until="2024-12-31",
        api_name="/ask",
    )
    assert assistant.histories == [[("Do ferries leave?", "They do.")]]
    assert assistant.filters == [
        Filters(("harbour.html",), ("Shipping",), ("Ola Brandt",), "2024-01-01", "2024-12-31")
    ]


def test_passages_are_found(client: Client, assistant: FakeAssistant) -> None:
    (passage,) = client.predict("ferries", 1, authors=["Ola Brandt"], api_name="/search")
    assert passage == {
        "article_id": HARBOUR.id,
        "text": HARBOUR.text,
        "start": 0,
        "end": len(HARBOUR.text),
        "title": HARBOUR.title,
        "source": HARBOUR.source,
        "section": HARBOUR.section,
        "author": HARBOUR.author,
        "published": HARBOUR.published,
        "score": 0.8,
    }
    assert assistant.filters == [Filters(authors=("Ola Brandt",))]
    assert len(client.predict("ferries", api_name="/search")) == 2
    assert assistant.filters[-1] is None


def test_an_article_is_read_whole(client: Client) -> None:
    assert client.predict(article_id="a2", api_name="/read_article") == {
        "id": "a2",
        "title": BRIDGE.title,
        "text": BRIDGE.text,
        "source": "news.txt",
        "section": "Region",
        "author": None,
        "published": "2023-10-02",
        "address": None,
    }


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        (
            "read_article",
            {"article_id": "nope"},
            "The library has no article with the id 'nope'. Add it.",
        ),
        ("read_article", {"article_id": 3}, "3 is no text. Send a text."),
        ("search", {"query": "a", "limit": 0}, "0 passages cannot be asked for. Ask for 1 to 20."),
        ("search", {"query": "a", "limit": True}, "True passages cannot be asked for."),
        ("search", {"query": "a", "limit": "7"}, "'7' passages cannot be asked for."),
        ("search", {"query": None}, "None is no text."),
        ("ask", {"question": "a", "sources": "x"}, "'x' is no list."),
        ("ask", {"question": "a", "authors": [1]}, "1 is no text."),
        ("ask", {"question": "a", "since": {}}, "{} is no text."),
        ("ask", {"question": "a", "history": ["b"]}, "'b' is no earlier question."),
        ("ask", {"question": "a", "history": [{"question": "b"}]}, "None is no text."),
        ("ask", {"question": ["x" * 500]}, "['xxxx"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    client: Client, name: str, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(**given, api_name=f"/{name}")
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 200


def test_failures_keep_their_advice(client: Client, assistant: FakeAssistant) -> None:
    assistant.reply = lambda question: ModelError("The model is damaged.", "Install it again.")
    with pytest.raises(AppError, match=r"The model is damaged\. Install it again\."):
        client.predict("Why?", api_name="/ask")


def test_what_nobody_foresaw_is_told_without_its_inside(
    client: Client, assistant: FakeAssistant
) -> None:
    assistant.reply = lambda question: ZeroDivisionError("a secret")  # type: ignore[return-value]
    with pytest.raises(AppError, match="Something failed") as caught:
        client.predict("Why?", api_name="/ask")
    assert "secret" not in str(caught.value)


def test_hostile_text_comes_through_as_it_is(client: Client, assistant: FakeAssistant) -> None:
    assistant.reply = lambda question: replace(refusal(question), text=EVERYTHING)
    assert client.predict(EVERYTHING, api_name="/ask")["text"] == EVERYTHING


def test_nothing_else_can_be_called_by_name(client: Client, address: str) -> None:
    told = client.view_api(return_format="dict")
    assert set(told["named_endpoints"]) == {"/ask", "/search", "/read_article"}
    assert told["unnamed_endpoints"] == {}
    info = httpx.get(f"{address}gradio_api/info", trust_env=False, timeout=60).json()[
        "named_endpoints"
    ]
    assert set(info) == {"/ask", "/search", "/read_article"}
    for endpoint in info.values():
        assert len(endpoint["description"]) > 50
    with pytest.raises(ValueError, match="Cannot find a function"):
        client.predict(api_name="/clear")


def test_many_who_ask_hold_up_neither_a_search_nor_the_loops_own_threads(tmp_path: Path) -> None:
    assistant = FakeAssistant(tmp_path)
    assistant.reading.clear()
    with gr.Blocks(analytics_enabled=False):
        interface = Interface(stand_in(assistant), Running())

    async def all_at_once() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        asked = [asyncio.create_task(interface.ask("Why?")) for _ in range(12)]
        await asyncio.sleep(0.1)
        try:
            assert len(await asyncio.wait_for(interface.search("ferries"), 10)) == 2
            await asyncio.wait_for(asyncio.to_thread(tmp_path.exists), 10)  # as a sign-in does
        finally:
            assistant.reading.set()
        assert [answer["refused"] for answer in await asyncio.gather(*asked)] == [False] * 12

    finished(all_at_once())


def test_who_asks_on_the_page_is_told_that_a_program_is_ahead(tmp_path: Path) -> None:
    running, ahead = Running(), []

    def reply(question: str) -> Answer:
        running.begin("page")
        ahead.append(running.ahead("page"))
        return ferry_answer(question)

    with gr.Blocks(analytics_enabled=False):
        interface = Interface(stand_in(FakeAssistant(tmp_path, reply)), running)
    finished(interface.ask("Why?"))
    assert ahead == [1]
    assert running.ahead("page") == 0


def test_a_statement_points_at_its_own_citations_and_all_is_json() -> None:
    answer = ferry_answer("Why?")
    told = answered(answer)
    assert json.loads(json.dumps(told)) == told
    for statement, kept in zip(told["statements"], answer.statements, strict=True):
        quotes = [told["citations"][place]["quote"] for place in statement["citations"]]
        assert quotes == [citation.quote for citation in kept.citations]
    empty = answered(Answer("Why?", "Why?", "", False))
    assert empty["statements"] == empty["citations"] == empty["closest"] == []
