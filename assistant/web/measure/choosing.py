"""What is to be measured with: a question set, its split, and how many of its questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.web.markup import ACTIONS
from assistant.web.measure.measurements import attempt, described, problems
from assistant.web.measure.questions import (
    STARTER,
    find_set,
    keep_upload,
    limits,
    own_sets,
    question_sets,
    read_upload,
    remove_set,
    splits,
)
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

# The element is there before its text changes; otherwise a screen reader would not tell it.
LIVE = 'element.setAttribute("role", "status");'
_ALL_SPLITS = "all"
_HOW_MANY = "How many questions (a random sample, the same each time)"


class Choice:
    """The widgets, made inside the current ``gr.Blocks``, and what they do.

    ``chosen`` are those that tell the question set, the split and the number of questions.

    Args:
        assistant: holds the library that the questions are about.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        with gr.Row(elem_id="choice-set"):
            self._sets = gr.Dropdown(
                choices=[STARTER], label="Question set", filterable=False, scale=4
            )
            self._upload = gr.UploadButton("Upload a question set", elem_id="choice-upload")
        self._held = html("choice-held", js_on_load=LIVE + ACTIONS)
        self._notice = html("choice-notice")
        with gr.Row(elem_id="choice-which"):
            self._split = gr.Dropdown(label="Split", filterable=False, visible=False)
            self._limit = gr.Radio(label=_HOW_MANY, scale=2)
        self.chosen = [self._sets, self._split, self._limit]

    def connect(self, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        # Values are checked here: what can be chosen is on the disk.
        quiet: dict[str, Any] = {**QUIET, "preprocess": False}
        all_of_it = [*self.chosen, self._held, self._notice]
        tab.select(self.show, [self._sets, self._limit], all_of_it, **quiet)
        self._sets.input(self.choose, self._sets, all_of_it, **quiet)
        of_split = [self._sets, self._split]
        self._split.input(self.choose_split, of_split, [self._limit, self._notice], **quiet)
        self._upload.upload(self.upload, self._upload, all_of_it, **quiet)
        self._held.delete(self.remove, None, all_of_it, **quiet)

    def show(self, name: object, limit: object) -> Updates:
        """The question sets as they are now, and what the chosen one holds."""

        def shown() -> Updates:
            if name not in question_sets():
                return self._chosen(STARTER)
            chosen = self._chosen(str(name))
            if limit is not None:  # the reader comes back: what was chosen of the set stays
                del chosen[self._split], chosen[self._limit]
            return chosen

        return attempt(self._notice, shown)

    def choose(self, name: object) -> Updates:
        """Tells what a question set holds, and which of its questions can be chosen."""
        return attempt(self._notice, lambda: self._chosen(str(name)))

    def choose_split(self, name: object, split: object) -> Updates:
        """Offers as many questions as the split has."""

        def offer() -> Updates:
            counts = splits(read_upload(find_set(name), str(name)).questions)
            wanted = split_chosen(split)
            number = sum(counts.values()) if wanted is None else counts.get(wanted, 0)
            return {self._limit: _limits(number)}

        return attempt(self._notice, offer)

    def upload(self, file: dict[str, Any]) -> Updates:
        """Takes a question set, or tells what is wrong with it."""
        path, name = Path(file["path"]), str(file["orig_name"] or "questions")

        def take() -> Updates:
            question_set = read_upload(path, name)
            if question_set.problems:
                return {self._notice: problems(name, question_set.problems)}
            return self._chosen(keep_upload(path, name))

        try:
            return attempt(self._notice, take)
        finally:
            path.unlink(missing_ok=True)

    def remove(self, event: gr.EventData) -> Updates:
        """Removes a question set that was uploaded; the reader has confirmed it."""

        def removed() -> Updates:
            remove_set(event.value)
            return self._chosen(STARTER)

        return attempt(self._notice, removed)

    def _chosen(self, name: str) -> Updates:
        path = find_set(name)
        question_set = read_upload(path, name)
        counts = splits(question_set.questions)
        number = len(question_set.questions)
        choices = [(f"All ({number:,})", _ALL_SPLITS)]
        choices += [(f"{split or 'none'} ({n:,})", f"={split}") for split, n in counts.items()]
        uploaded = path.parent == own_sets()
        return {
            self._sets: gr.Dropdown(choices=list(question_sets()), value=name),
            self._held: described(name, question_set, self._assistant.articles(), uploaded),
            self._split: gr.Dropdown(choices=choices, value=_ALL_SPLITS, visible=len(counts) > 1),
            self._limit: _limits(number),
        }


def split_chosen(choice: object) -> str | None:
    """The split that a value of the widget stands for; None for all of them."""
    return choice[1:] if isinstance(choice, str) and choice.startswith("=") else None


def limit_chosen(choice: object) -> int | None:
    """The number of questions that a value of the widget stands for; None for all of them."""
    return choice if isinstance(choice, int) and choice > 0 else None


def _limits(number: int) -> Any:
    choices, default = limits(number)
    return gr.Radio(choices=choices, value=default)
