"""The settings tab: what answers with what, what may be changed meanwhile, and whether all is
well."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.inference.models import installed_models, known_model, model_identity
from assistant.library.calibration import Calibration, read_calibration
from assistant.library.checks import Finding, check_installation, check_library
from assistant.settings import config_file, data_folder, expanded
from assistant.web.failures import told
from assistant.web.listing import size
from assistant.web.markup import count, escape, lines
from assistant.web.measure.choosing import LIVE
from assistant.web.outcomes import problem
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]
Examine = Callable[["Assistant"], Iterator[Finding]]

_CHANGE = (
    '<h2>While the page runs</h2><p class="details">These count for everybody who uses this page, '
    "from the next question on, until it is started again. To keep them, write them into "
)
_HEALTH = (
    '<h2>Health</h2><p class="details">The checks of <code>assistant doctor</code>: they read all '
    "models and vectors, which takes some seconds.</p>"
)
_SIGNS = {"ok": ("✓", "In order"), "warning": ("!", "Slow"), "problem": ("✕", "A problem")}


def examine(assistant: Assistant) -> Iterator[Finding]:
    """The findings on the installation and the open library, as they are made."""
    yield from check_installation(installed_models)
    try:
        yield from check_library(assistant.library)
    except AssistantError as error:
        yield Finding("library", "problem", error.message, error.hint)


class Configuration:
    """The tab's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: what is shown, and changed.
        checks: gives the findings on it.
    """

    def __init__(self, assistant: Assistant, checks: Examine = examine) -> None:
        self._assistant = assistant
        self._checks = checks
        self._checking = threading.Lock()
        now = assistant.settings
        with gr.Column(elem_id="configuration"):
            self._facts = html("facts")
            html("change-head", f"{_CHANGE}<code>{escape(str(config_file()))}</code>.</p>")
            self._threshold = gr.Slider(
                0, 1, now.threshold, step=0.01, label="Threshold: refuse where less likely"
            )
            self._meaning = html("meaning", js_on_load=LIVE)
            self._passages = gr.Slider(1, 20, now.passages, step=1, label="Passages, at most")
            self._evidence = gr.Slider(
                1,
                max(assistant.most_evidence_tokens, 2),
                now.evidence_tokens,
                step=1,
                label="Evidence budget, in tokens of the language model",
                info=(
                    f"At most {assistant.most_evidence_tokens:,}: the model is loaded for so much. "
                    "More needs another evidence_tokens in the settings file, and a new start."
                ),
            )
            with gr.Row(elem_id="change-go"):
                self._apply = gr.Button("Apply", variant="primary")
                self._said = html("change-said")
            html("health-head", _HEALTH)
            self._check = gr.Button("Check now", elem_id="check")
            self._health = html("health")

    def connect(self, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        quick: dict[str, Any] = {**QUIET, "queue": False}
        values = [self._threshold, self._passages, self._evidence]
        tab.select(self.show, None, [self._facts, self._meaning, *values], **quick)
        self._threshold.release(self.explain, self._threshold, self._meaning, **quick)
        self._apply.click(self.apply, values, [self._said, self._meaning, *values], **quick)
        self._check.click(self.check, None, [self._health, self._check], **QUIET)

    def show(self) -> Updates:
        """All as it is now."""
        now = self._assistant.settings
        return {
            self._facts: facts(self._assistant),
            self._meaning: self.explain(now.threshold),
            self._threshold: now.threshold,
            self._passages: now.passages,
            self._evidence: now.evidence_tokens,
        }

    def explain(self, threshold: float) -> str:
        """What a threshold means, as far as that was measured for this library and model."""
        known = read_calibration(self._assistant.library.folder)
        model = model_identity(self._assistant.settings.model)
        return meaning(float(threshold), known if known and known.model == model else None)

    def apply(self, threshold: float, passages: float, evidence: float) -> Updates:
        """Changes the settings of the running page."""
        try:
            self._assistant.adjust(
                threshold=float(threshold), passages=int(passages), evidence_tokens=int(evidence)
            )
        except Exception as error:
            return {self._said: problem(told(error))}
        shown = self.show()
        del shown[self._facts]
        return {**shown, self._said: '<p class="details" role="status">Applied.</p>'}

    def check(self) -> Iterator[Updates]:
        """Makes all checks, and shows each finding as soon as it is there."""
        found: list[Finding] = []
        yield {self._health: findings(found, done=False), self._check: gr.Button(interactive=False)}
        try:
            with self._checking:
                for finding in self._checks(self._assistant):
                    found.append(finding)
                    yield {self._health: findings(found, done=False)}
            said = findings(found, done=True)
        except Exception as error:
            said = findings(found, done=True) + problem(told(error))
        yield {self._health: said, self._check: gr.Button(interactive=True)}


def facts(assistant: Assistant) -> str:
    """What answers, with which models, and where all of it lies."""
    now = assistant.settings
    folder = assistant.library.folder
    sources = assistant.sources()
    articles = sum(source.articles for source in sources)
    held = f"{count(articles, 'article')} from {count(len(sources), 'source')}"
    rows = [
        ("Language model", *_generator(now.model)),
        ("Embedding model", *_embedder(assistant.library.embedder.name)),
        ("Library", str(folder.resolve()), f"{held}, {size(_bytes(folder))} on disk"),
        ("Your data", str(data_folder()), "Conversations, opinions, question sets and runs"),
        ("Settings", str(config_file()), "" if config_file().exists() else "Not written yet"),
    ]
    items = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)}<small>{escape(more)}</small></dd></div>"
        for name, value, more in rows
    )
    return f"<h2>What answers</h2><dl>{items}</dl>"


def meaning(threshold: float, measured: Calibration | None) -> str:
    """A threshold in words.

    Args:
        threshold: the threshold.
        measured: what was measured for this library and model, if anything was.
    """
    rule = (
        f"A question is answered where an answer is at least {threshold:.0%} likely to be in the "
        "library, and refused elsewhere. Lower answers more questions, and more of them wrongly."
    )
    if measured is None:
        return _note(
            rule,
            "What that does here was not measured yet: assistant evaluate QUESTIONS "
            "--calibrate 0.1 finds the threshold at which at most 10% of the answers are wrong.",
        )
    found = (
        f"On {measured.n:,} questions ({measured.questions}, {measured.made}) the threshold "
        f"{measured.threshold:.2f} answered {measured.coverage:.0%} of them, and "
        f"{measured.risk:.0%} of those answers were wrong (95% interval: {measured.low:.0%} to "
        f"{measured.high:.0%}); {measured.wanted:.0%} was allowed."
    )
    apart = threshold - measured.threshold
    if abs(apart) < 0.005:
        return _note(rule, found)
    where = "above" if apart > 0 else "below"
    so = "fewer questions are answered" if apart > 0 else "more of the answers will be wrong"
    return _note(rule, found, f"{threshold:.2f} is {where} what was measured: {so}.")


def findings(found: Sequence[Finding], *, done: bool) -> str:
    """The findings of the checks, and what they come to once all are made."""
    items = "".join(
        f'<li class="{finding.state}"><span aria-hidden="true">{_SIGNS[finding.state][0]}</span>'
        f'<span><span class="visually-hidden">{_SIGNS[finding.state][1]}: </span>'
        f"<strong>{escape(finding.check)}</strong> {lines(finding.text)}"
        f"{f'<small>{lines(finding.hint)}</small>' if finding.hint else ''}</span></li>"
        for finding in found
    )
    bad = sum(finding.state == "problem" for finding in found)
    said = "Checking …" if not done else "All is well." if not bad else count(bad, "problem")
    listed = f'<ul class="outcomes">{items}</ul>' if items else ""
    return f'<p class="so-far" role="status">{said}</p>{listed}'


def _note(*sentences: str) -> str:
    return "".join(f'<p class="details">{escape(sentence)}</p>' for sentence in sentences)


def _generator(name: str) -> tuple[str, str]:
    known = known_model(name, "generator")
    if known is None:
        path = expanded(name)
        return path.name, _told_of(str(path), path.stat().st_size if path.is_file() else 0)
    return known.name, _told_of(known.description, known.bytes, known.licence)


def _embedder(name: str) -> tuple[str, str]:
    known = known_model(name, "embedder")
    return name, _told_of(known.description, known.bytes, known.licence) if known else ""


def _told_of(what: str, number: int, licence: str = "") -> str:
    return " · ".join(filter(None, (what, size(number) if number else "", licence)))


def _bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # drafts of files come and go
                total += Path(place, name).stat().st_size
    return total
