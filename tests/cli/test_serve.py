from __future__ import annotations

from typing import Any

import pytest

from tests.cli.stand_ins import call


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ("127.0.0.1", 7860, True)),
        (["--host", "::1", "--port", "0", "--no-browser"], ("::1", 0, False)),
    ],
)
def test_the_page_is_served_where_it_was_asked_for(
    options: list[str], expected: tuple[str, int, bool]
) -> None:
    served: list[tuple[Any, ...]] = []
    outcome = call("serve", *options, serve=lambda *given: served.append(given))
    assert outcome.code == 0
    assert served == [(outcome.assistant, *expected)]
    assert outcome.assistant is not None
    assert outcome.assistant.closed
