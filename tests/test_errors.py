from __future__ import annotations

import inspect
import re

import pytest

from assistant import errors
from assistant.errors import AssistantError

CHILDREN = [value for value in vars(errors).values() if inspect.isclass(value)]


@pytest.mark.parametrize("error", CHILDREN, ids=lambda error: error.__name__)
def test_an_error_carries_its_sentence_and_its_hint(error: type[AssistantError]) -> None:
    raised = error("It is so.", "Do this.")
    assert isinstance(raised, AssistantError)
    assert (str(raised), raised.message, raised.hint) == ("It is so.", "It is so.", "Do this.")
    assert error("It is so.").hint == ""


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    drawn = re.findall(r"^([│├└─ ]*)(\w+Error) ", errors.__doc__ or "", re.MULTILINE)
    depths = {name: len(branch) // 4 for branch, name in drawn}
    assert depths == {child.__name__: child.__mro__.index(AssistantError) for child in CHILDREN}
