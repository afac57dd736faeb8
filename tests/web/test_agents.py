"""The functions as an agent finds and calls them: with a real MCP client, over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from assistant.errors import UsageError
from assistant.web.agents import require_mcp
from assistant.web.server.accounts import keep_password, read_accounts
from tests.web.conftest import finished, serving
from tests.web.fake_assistant import HARBOUR, FakeAssistant, ferry_answer, stand_in

Result = TypeVar("Result")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assistant = stand_in(FakeAssistant(tmp_path_factory.mktemp("library")))
    with serving(assistant, mcp=True) as address:
        yield address


def session(
    address: str, work: Callable[[ClientSession], Awaitable[Result]], **headers: str
) -> Result:
    async def run() -> Result:
        place = f"{address}gradio_api/mcp/"
        async with (
            httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as line,
            streamable_http_client(place, http_client=line) as (read, write, _),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            return await work(client)

    return finished(run())


def called(address: str, name: str, **given: Any) -> Any:
    """What a tool answers: the value of its JSON, or an error's text."""
    result = session(address, lambda client: client.call_tool(name, given))
    (content,) = result.content
    assert content.type == "text"
    return content.text if result.isError else json.loads(content.text)


def test_three_tools_are_offered_and_nothing_else(address: str) -> None:
    async def everything(client: ClientSession) -> tuple[Any, ...]:
        tools, resources = await client.list_tools(), await client.list_resources()
        templates, prompts = await client.list_resource_templates(), await client.list_prompts()
        return tools.tools, resources.resources, templates.resourceTemplates, prompts.prompts

    tools, *others = session(address, everything)
    assert others == [[], [], []]
    assert [tool.name for tool in tools] == ["ask", "search", "read_article"]
    for tool in tools:
        assert "Returns: JSON" in tool.description
        for about in tool.inputSchema["properties"].values():
            assert len(about["description"]) > 20
    assert [tool.inputSchema["required"] for tool in tools] == [
        ["question"],
        ["query"],
        ["article_id"],
    ]


def test_an_agent_asks_searches_and_reads(address: str) -> None:
    answer = called(address, "ask", question="How often?", sources=["harbour.html"])
    assert answer["text"] == ferry_answer("").text
    citation = answer["citations"][0]
    article = called(address, "read_article", article_id=citation["article_id"])
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
    (passage,) = called(address, "search", query="ferries", limit=1)
    assert passage["text"] == HARBOUR.text


def test_an_agent_is_told_what_was_wrong(address: str) -> None:
    told = called(address, "read_article", article_id="x")
    assert told == "The library has no article with the id 'x'. Add it."
    assert "99 passages" in called(address, "search", query="a", limit=99)
    assert "not of type 'string'" in called(address, "ask", question=3)
    assert "nknown tool" in called(address, "stop")


def test_an_agent_makes_the_server_fetch_nothing(address: str) -> None:
    stray = {"path": "http://127.0.0.1:9/", "meta": {"_type": "gradio.FileData"}}
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": "Why?", "history": [stray]}},
    }
    accept = {"accept": "application/json, text/event-stream"}
    place = f"{address}gradio_api/mcp/"
    answer = httpx.post(place, json=message, headers=accept, trust_env=False, timeout=60)
    assert answer.status_code == 403
    message["params"] = {"name": "ask", "arguments": {"question": "Why?"}}
    evil = {**accept, "origin": "http://evil.test"}
    assert (
        httpx.post(place, json=message, headers=accept, trust_env=False, timeout=60).status_code
        == 200
    )
    assert (
        httpx.post(place, json=message, headers=evil, trust_env=False, timeout=60).status_code
        == 403
    )


def test_an_agent_signs_in_where_readers_do(tmp_path: Path) -> None:
    keep_password(tmp_path / "readers.txt", "Ada", "correct horse")
    accounts = read_accounts(tmp_path / "readers.txt")
    with serving(stand_in(FakeAssistant(tmp_path)), accounts=accounts, mcp=True) as address:
        place = f"{address}gradio_api/mcp/"
        assert httpx.post(place, json={}, trust_env=False, timeout=60).status_code == 401
        told = base64.b64encode(b"Ada:correct horse").decode()
        result = session(
            address,
            lambda client: client.call_tool("ask", {"question": "Why?"}),
            Authorization=f"Basic {told}",
        )
        assert not result.isError


def test_without_being_asked_for_it_is_not_there(tmp_path: Path) -> None:
    with serving(stand_in(FakeAssistant(tmp_path))) as address:
        assert (
            httpx.post(
                f"{address}gradio_api/mcp/", json={}, trust_env=False, timeout=60
            ).status_code
            == 404
        )


def test_a_missing_package_is_told_with_its_remedy() -> None:
    with pytest.raises(UsageError, match="package `no_such_package`, which is not inst") as caught:
        require_mcp("no_such_package")
    assert "pip install -e '.[mcp]'" in caught.value.hint
    require_mcp()
