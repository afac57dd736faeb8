"""Puts all questions of a set to an assistant, and computes the figures."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.answering.prompts import unaided_messages
from assistant.errors import UsageError
from assistant.evaluation.cases import Prediction, Result
from assistant.evaluation.choosing import chosen_questions, some
from assistant.evaluation.documents import document_library
from assistant.evaluation.figures import summarise
from assistant.evaluation.gold import Gold
from assistant.evaluation.injection import plan_attacks, run_attacks
from assistant.evaluation.instructions import read_instructions
from assistant.evaluation.manifest import content_sha256, manifest
from assistant.evaluation.questions import Question, QuestionSet, read_question_set
from assistant.evaluation.runs import (
    Run,
    begin_run,
    finish_run,
    keep_prediction,
    read_run,
    run_lock,
)
from assistant.inference.generation import text_of
from assistant.records import Answer, Hit, Progress
from assistant.retrieval.evidence import rank_sentences
from assistant.retrieval.reranking import found
from assistant.retrieval.search import LIST_LENGTH, Lists, ranked_lists
from assistant.settings import cache_folder

if sys.platform != "win32":
    import resource

RANKED = 10


def evaluate(
    assistant: Assistant,
    questions: str | Path,
    *,
    split: str | None = None,
    limit: int | None = None,
    only: Collection[str] = (),
    seed: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    output: str | Path | None = None,
    cancel: threading.Event | None = None,
    injections: str | Path | None = None,
) -> Result:
    """Asks all questions and computes the figures, beside those of two plain baselines.

    A question that ends in an error counts as answered wrongly. The baselines quote the retrieved
    sentence nearest to the question, and ask the same model without any passage. A set that
    brings its own texts is put to a library of these, kept in the user's cache folder.

    Args:
        assistant: the library and the models that are measured.
        questions: a question set in any format of ``assistant.evaluation.questions``.
        split: only the questions of this split.
        limit: at most this many questions: the first ones, or with a ``seed`` a random sample;
            the same holds for instructions.
        only: only the questions with these ids.
        seed: of the sample, and of the resampling behind the intervals (0 if not given).
        progress: told how many questions are done.
        output: the run's folder (see ``assistant.evaluation.runs``), made if absent; a run that
            was broken off there goes on.
        cancel: when set, the run ends after the question under way; the figures are then those of
            the questions asked so far.
        injections: a file of instructions (see ``assistant.evaluation.instructions``), which are
            hidden in the articles that the questions are about, to see whether answers obey.

    Raises:
        UsageError: the file is no question set, or has no such question, or the library is empty,
            or the folder holds something else or a run that is under way, or the run was cancelled
            before its first answer, or the instructions cannot be read or hidden.
        ModelError: the language model cannot be loaded.
    """
    path = Path(questions)
    question_set = read_question_set(path)
    chosen = chosen_questions(question_set, split, limit, only, seed)
    hidden = Path(injections) if injections is not None else None
    instructions = some(read_instructions(hidden), limit, seed) if hidden else []
    folder = Path(output) if output is not None else None
    held = run_lock(folder) if folder else nullcontext()
    with _put_to(assistant, question_set, progress) as measured, held:
        gold = Gold(measured.library)
        plan = None
        if instructions:
            plan = plan_attacks(instructions, chosen, measured.library.articles(), seed or 0)
        settings = manifest(
            measured,
            path,
            gold.passage_ids,
            hidden,
            split=split,
            limit=limit,
            only=sorted(only),
            seed=seed,
        )
        run = begin_run(folder, settings) if folder else Run(settings)
        done = {prediction.question.id: prediction for prediction in run.predictions}
        predictions: list[Prediction] = []
        for question in chosen:
            if cancel is not None and cancel.is_set():
                break
            prediction = done.get(question.id)
            if prediction is None:
                prediction = _predict(measured, question, gold)
                if folder:
                    keep_prediction(folder, prediction)
            predictions.append(prediction)
            if progress is not None:
                progress(Progress("questions", len(predictions), len(chosen)))
        if not predictions:
            raise UsageError(
                "The run was stopped before its first answer.", "Run it again to go on."
            )
        attempts = run_attacks(measured, plan, run, folder, progress, cancel) if plan else []
        result = summarise(predictions, settings, attempts)
        if folder and len(predictions) == len(chosen) and len(attempts) == len(instructions):
            finish_run(folder, result)
    return result


def scored_run(folder: str | Path) -> Result:
    """The figures of a run that was kept, computed from its predictions.

    Raises:
        UsageError: the folder holds no run, or one without any prediction.
    """
    run = read_run(Path(folder))
    if not run.predictions:
        raise UsageError(f"The run {folder} holds no prediction yet.", "Run it again to go on.")
    return summarise(run.predictions, run.settings, run.attempts)


def score_again(folder: str | Path) -> Result:
    """Computes the figures of a run anew, and writes its scores and reports anew.

    Raises:
        UsageError: the folder holds no run, or one without any prediction.
    """
    result = scored_run(folder)
    finish_run(Path(folder), result)
    return result


@contextmanager
def _put_to(
    assistant: Assistant,
    question_set: QuestionSet,
    progress: Callable[[Progress], None] | None,
) -> Iterator[Assistant]:
    """The assistant, over the texts that come with the questions where there are any."""
    if not question_set.documents:
        if not assistant.library.count_passages():
            raise UsageError(
                f"The library {assistant.library.folder} is empty: there is nothing to measure.",
                "Fill it with `assistant add`, or name another library.",
            )
        yield assistant
        return
    embedder = assistant.library.embedder
    path = Path(question_set.path)
    name = f"{path.stem}-{content_sha256(path)[:16]}-{embedder.revision}"
    folder = cache_folder() / "question-sets" / name
    with document_library(question_set.documents, folder, embedder, progress) as library:
        yield Assistant(
            library,
            assistant.settings,
            lambda: assistant.generator,
            assistant.reranker,
            assistant.span_reader,
        )


def _predict(assistant: Assistant, question: Question, gold: Gold) -> Prediction:
    prediction = Prediction(question, gold=gold.passages(question))
    started = time.perf_counter()
    try:
        answer = assistant.answer(question.question, question.history)
        seconds = time.perf_counter() - started
        lists = ranked_lists(assistant.library, answer.standalone_question)
        hits = found(
            assistant.library,
            answer.standalone_question,
            lists,
            _depth(question),
            assistant.reranker,
        )
        return replace(
            prediction,
            answer=answer,
            rankings=_rankings(assistant, question, lists, hits, gold),
            exact_quotes=tuple(
                assistant.article(c.article_id).text[c.start : c.end] == c.quote
                for c in answer.citations
            ),
            quote=_quoted(assistant, answer, hits),
            unaided=_unaided(assistant, question),
            seconds=seconds,
            peak_memory=_peak_memory(),
        )
    except Exception as error:  # a crash is a figure here, not an end
        return replace(
            prediction,
            seconds=time.perf_counter() - started,
            error=f"{type(error).__name__}: {error}",
        )


def _rankings(
    assistant: Assistant, question: Question, lists: Lists, hits: Sequence[Hit], gold: Gold
) -> dict[str, tuple[tuple[str, float], ...]]:
    depth = _depth(question)
    rankings = {
        "dense": tuple(lists.dense.items()),
        "lexical": tuple(lists.lexical.items()),
        "fused": tuple(lists.fused.items()),
        "final": _scores(hits),
    }
    if question.history:
        rankings["as asked"] = _scores(assistant.search(question.question, k=depth))
    if question.standalone:
        rankings["by hand"] = _scores(assistant.search(question.standalone, k=depth))
    return {
        stage: tuple(gold.ranked(question, ranking)[:RANKED]) for stage, ranking in rankings.items()
    }


def _depth(question: Question) -> int:
    """How many passages are ranked: where ten documents are wanted, they may have several each."""
    return LIST_LENGTH if question.gold_documents else RANKED


def _scores(hits: Sequence[Hit]) -> tuple[tuple[str, float], ...]:
    return tuple((hit.passage.id, hit.score) for hit in hits)


def _quoted(assistant: Assistant, answer: Answer, hits: Sequence[Hit]) -> str:
    shown = hits[: assistant.settings.passages]
    sentences = rank_sentences(answer.standalone_question, shown, assistant.library.embedder)
    return max(sentences, key=lambda s: s.cosine).text if sentences else ""


def _unaided(assistant: Assistant, question: Question) -> str:
    messages = unaided_messages(question.question)
    return text_of(assistant.generator.generate(messages, assistant.settings.answer_tokens)).strip()


def _peak_memory() -> int:
    """Bytes; 0 on Windows, which does not tell. Linux counts in kilobytes, macOS in bytes."""
    if sys.platform == "win32":
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
