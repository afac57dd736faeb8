"""What the page's widgets have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

# Private: the page's own calls are no programming interface.
QUIET: Mapping[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def html(elem_id: str, value: str = "", js_on_load: str | None = None) -> gr.HTML:
    """HTML of our own making, without Gradio's style or script.

    Args:
        elem_id: its id in the page.
        value: what it shows at first, escaped.
        js_on_load: a script that runs once for it.
    """
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=js_on_load)
