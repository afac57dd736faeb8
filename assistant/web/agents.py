"""Gradio's MCP server, which offers the functions of :mod:`assistant.web.interface` to agents."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError

if TYPE_CHECKING:
    import gradio as gr


def require_mcp(package: str = "mcp") -> None:
    """Makes sure that the package is there that Gradio needs for it.

    Raises:
        UsageError: it is not installed.
    """
    if find_spec(package) is None:
        raise UsageError(
            f"Offering functions to agents needs the package `{package}`, which is not installed.",
            "Install it in the folder of Article Assistant: pip install -e '.[mcp]'",
        )


def answer_in_json(blocks: gr.Blocks) -> None:
    """Makes tools answer in JSON, where Gradio writes Python's form of a value."""
    server = blocks.mcp_server_obj
    assert server is not None, "the blocks are mounted with their MCP server"  # noqa: S101

    def contents(data: Any, root_url: str) -> list[Any]:
        texts = (json.dumps(item, ensure_ascii=False) for item in data)
        return [server.types.TextContent(type="text", text=text) for text in texts]

    server.postprocess_output_data = contents  # type: ignore[method-assign]
