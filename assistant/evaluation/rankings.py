"""Figures of rankings, by ir_measures, and the files that other tools of the field read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import ir_measures
from ir_measures import RR, R, Success, nDCG

Ranking = Mapping[str, Sequence[tuple[str, float]]]
"""Passage ids with scores, best first, by question id."""

Judgements = Mapping[str, Mapping[str, int]]
"""Grades of passages (0: does not help; 1 and more: helps) by passage id, by question id."""

CUTOFFS = (1, 3, 4, 5, 10)
_NAMES = {
    measure @ k: f"{name}@{k}"
    for name, measure in (("hit", Success), ("recall", R), ("MRR", RR), ("nDCG", nDCG))
    for k in CUTOFFS
}


def retrieval_scores(ranking: Ranking, judgements: Judgements) -> dict[str, dict[str, float]]:
    """The scores of each judged question (0 to 1), by question id and name of the score.

    ``hit@k`` (a good passage is among the first k), ``recall@k`` (the share of the good passages
    that are), ``MRR@k`` (reciprocal rank of the first good one) and ``nDCG@k`` (Järvelin &
    Kekäläinen 2002, gain linear in the grade), each for k of ``CUTOFFS``. A question for which
    nothing was found, or nothing is good, scores 0; one without judgements is left out.
    """
    scores = {question: dict.fromkeys(_NAMES.values(), 0.0) for question in judgements}
    run = {
        _safe(question): {_safe(passage): score for passage, score in _falling(found)}
        for question, found in ranking.items()
    }
    grades = {
        _safe(question): {_safe(passage): grade for passage, grade in judged.items()}
        for question, judged in judgements.items()
    }
    questions = {_safe(question): question for question in judgements}
    for metric in ir_measures.iter_calc(list(_NAMES), grades, run):
        scores[questions[metric.query_id]][_NAMES[metric.measure]] = float(metric.value)
    return scores


def write_run(path: Path, ranking: Ranking, tag: str) -> None:
    """Write a ranking as a TREC run: ``question Q0 passage rank score tag``.

    Ids and tag are percent-encoded (``urllib.parse.unquote`` gives them back), since the format
    parts its columns by white space. The scores tell the order only.
    """
    _write(
        path,
        (
            f"{_safe(question)} Q0 {_safe(passage)} {rank} {score} {_safe(tag)}"
            for question, found in ranking.items()
            for rank, (passage, score) in enumerate(_falling(found), start=1)
        ),
    )


def write_judgements(path: Path, judgements: Judgements) -> None:
    """Write judgements as TREC qrels: ``question 0 passage grade``, ids as ``write_run`` does."""
    _write(
        path,
        (
            f"{_safe(question)} 0 {_safe(passage)} {grade}"
            for question, judged in judgements.items()
            for passage, grade in judged.items()
        ),
    )


def _falling(found: Sequence[tuple[str, float]]) -> list[tuple[str, int]]:
    # trec_eval looks at the scores alone, in single precision, and puts equal ones in the order of
    # their ids: whole numbers that fall by one keep the order we ranked in. A passage counts where
    # it stands first.
    passages = list(dict.fromkeys(passage for passage, _ in found))
    return list(zip(passages, range(len(passages), 0, -1), strict=True))


def _safe(identifier: str) -> str:
    # The C code behind trec_eval crashes on half a surrogate pair, and ends an id at a zero.
    return quote(identifier, safe="/:#", errors="surrogatepass")


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii", newline="\n")
