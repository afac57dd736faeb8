"""Asks an assistant all questions of a set, and computes the figures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.answering.prompts import unaided_messages
from assistant.answering.refusal import says_not_there
from assistant.errors import UsageError
from assistant.evaluation.cases import Baseline, Case, Result
from assistant.evaluation.metrics import contains_answer, token_f1
from assistant.evaluation.questions import Question, read_questions
from assistant.evaluation.scores import score
from assistant.records import Answer, Hit, Progress
from assistant.retrieval.evidence import rank_sentences

RANKED = 10


def evaluate(
    assistant: Assistant,
    questions: str | Path,
    *,
    split: str | None = None,
    limit: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    output: str | Path | None = None,
) -> Result:
    """Asks all questions and computes the figures, beside those of two plain baselines.

    A question that ends in an error counts as answered wrongly. The baselines quote the retrieved
    sentence nearest to the question, and ask the same model without any passage.

    Args:
        assistant: the library and the models that are measured.
        questions: a JSON Lines file, see ``assistant.evaluation.questions``.
        split: only the questions of this split.
        limit: at most this many questions.
        progress: told how many questions are done.
        output: a folder for ``cases.jsonl`` and ``report.json``; made if absent.

    Raises:
        UsageError: the file is no question set, or has no question of that split.
        ModelError: the language model cannot be loaded.
    """
    chosen = [q for q in read_questions(questions) if split is None or q.split == split][:limit]
    if not chosen:
        raise UsageError(
            f"The question set {questions} has no question of the split {split!r}.",
            "Leave the split out, or name one that the set has.",
        )
    model = assistant.model
    cases: list[Case] = []
    for question in chosen:
        cases.append(_case(assistant, question))
        if progress is not None:
            progress(Progress("questions", len(cases), len(chosen)))
    result = Result(str(questions), split, model, score(cases), tuple(cases))
    if output is not None:
        _write(result, Path(output))
    return result


def _case(assistant: Assistant, question: Question) -> Case:
    started = time.perf_counter()
    try:
        answer = assistant.answer(question.question, question.history)
        seconds = time.perf_counter() - started
        hits = assistant.search(answer.standalone_question, k=RANKED)
        return Case(
            question=question,
            answer=answer,
            rank=evidence_rank(hits, question.evidence),
            contains=not answer.refused and contains_answer(answer.text, question.answers),
            f1=0.0 if answer.refused else token_f1(_unmarked(answer), question.answers),
            exact_quotes=sum(
                assistant.article(c.article_id).text[c.start : c.end] == c.quote
                for c in answer.citations
            ),
            quote=_quoting(assistant, answer, hits, question),
            unaided=_unaided(assistant, question),
            seconds=seconds,
        )
    except Exception as error:  # a crash is a figure here, not an end
        nothing = Baseline("", False, False, 0.0)
        return Case(
            question=question,
            answer=None,
            rank=None,
            contains=False,
            f1=0.0,
            exact_quotes=0,
            quote=nothing,
            unaided=nothing,
            seconds=time.perf_counter() - started,
            error=f"{type(error).__name__}: {error}",
        )


def evidence_rank(hits: Iterable[Hit], evidence: str | None) -> int | None:
    """The place (from 1) of the first passage that holds the evidence, white space apart."""
    if evidence is None:
        return None
    wanted = " ".join(evidence.split())
    for rank, hit in enumerate(hits, start=1):
        if wanted in " ".join(hit.passage.text.split()):
            return rank
    return None


def _unmarked(answer: Answer) -> str:
    return " ".join(statement.text for statement in answer.statements)


def _quoting(assistant: Assistant, answer: Answer, hits: list[Hit], question: Question) -> Baseline:
    shown = hits[: assistant.settings.passages]
    sentences = rank_sentences(answer.standalone_question, shown, assistant.library.embedder)
    text = max(sentences, key=lambda s: s.cosine).text if sentences else ""
    return Baseline(
        text, False, contains_answer(text, question.answers), token_f1(text, question.answers)
    )


def _unaided(assistant: Assistant, question: Question) -> Baseline:
    messages = unaided_messages(question.question)
    text = "".join(assistant.generator.generate(messages, assistant.settings.answer_tokens)).strip()
    return Baseline(
        text,
        says_not_there(text),
        contains_answer(text, question.answers),
        token_f1(text, question.answers),
    )


def _write(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.jsonl").open("w", encoding="utf-8") as file:
        for case in result.cases:
            file.write(json.dumps(case.to_dict(), ensure_ascii=False) + "\n")
    report = result.to_dict()
    del report["cases"]
    (folder / "report.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
