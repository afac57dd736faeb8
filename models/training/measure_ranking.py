"""Measures what the reranker adds to the fused list, on questions that it was not trained on.

    python models/training/measure_ranking.py --data DATA --work work --library STARTER

Prints hit@1, hit@4, MRR@10 and nDCG@10 of the fused list and of mixtures of its score with the
reranker's, for tuning sets and reporting sets apart, and the time that 20 windows take.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from data import long_answers, reporting_paragraphs
from packaged import packaged

from assistant.answering.assistant import Assistant
from assistant.evaluation.documents import document_library
from assistant.evaluation.gold import Gold
from assistant.evaluation.intervals import clustered_mean
from assistant.evaluation.questions import Document, read_question_set
from assistant.evaluation.rankings import retrieval_scores
from assistant.inference.crossencoder import RANKING_PIECES, AdaptedCrossEncoder
from assistant.inference.models import load_embedder
from assistant.library.store import Library
from assistant.resources import resource
from assistant.retrieval.followups import standalone_question
from assistant.retrieval.reranking import DEPTH, window
from assistant.retrieval.search import best_hits, ranked_lists

_FIGURES = ("hit@1", "hit@4", "MRR@10", "nDCG@10")
Row = dict[str, Any]
_MIXTURES = (0.0, 0.15, 0.25, 0.35, 0.5, 1.0)


def listed(library: Library, question: str) -> list[tuple[str, float, str]]:
    """Passage ids with fused scores and windows, best first."""
    hits = best_hits(library, ranked_lists(library, question), DEPTH)
    return [(h.passage.id, h.score, window(question, h.title, h.passage.text)) for h in hits]


def squad_rows(data: Path, work: Path, n: int) -> list[Row]:
    """Questions of the reporting part, over all its paragraphs."""
    paragraphs = [
        p
        for name in ("new_wiki", "reddit", "amazon_reviews")
        for p in reporting_paragraphs(data, name)
    ]
    documents = [Document(str(i), p.title, p.text) for i, p in enumerate(paragraphs)]
    random_ = random.Random(5)
    rows = []
    with document_library(documents, work / "reporting.library", load_embedder()) as library:
        sources = {a.id: int(a.source) for a in library.articles()}
        homes = {}
        for article, place in sources.items():
            for passage in library.article_passages(article):
                homes[passage.id] = place
        for kind in ("wiki", "reddit", "reviews"):
            asked = [
                (i, a.question)
                for i, p in enumerate(paragraphs)
                for a in p.asked
                if kind == ("wiki" if p.title else "reviews" if p.group else "reddit")
            ]
            for home, question in random_.sample(asked, n):
                gold = [pid for pid, place in homes.items() if place == home]
                rows.append(
                    {
                        "set": f"squadshifts {kind}",
                        "cluster": paragraphs[home].group or str(home),
                        "question": question,
                        "gold": gold,
                        "listed": listed(library, question),
                    }
                )
    return rows


def clapnq_rows(data: Path, work: Path) -> list[Row]:
    """Search questions, over the passages of all of them."""
    asked = []
    for name in ("clapnq_answerable", "clapnq_unanswerable"):
        for question, title, sentences, _ in long_answers(
            data / "cited" / f"{name}.jsonl.gz", all_parts=True
        ):
            asked.append((question, title, " ".join(sentences)))
    documents = [Document(str(i), title, text) for i, (_, title, text) in enumerate(asked)]
    rows = []
    with document_library(documents, work / "clapnq.library", load_embedder()) as library:
        sources = {a.id: int(a.source) for a in library.articles()}
        for i, (question, _, _) in enumerate(asked[:150]):
            gold = [
                p.id
                for a, place in sources.items()
                if place == i
                for p in library.article_passages(a)
            ]
            rows.append(
                {
                    "set": "clapnq",
                    "cluster": str(i),
                    "question": question,
                    "gold": gold,
                    "listed": listed(library, question),
                }
            )
    return rows


def seeds_rows(library: Path) -> list[Row]:
    """The starter library's questions."""
    rows = []
    with Assistant.open(library) as assistant:
        gold = Gold(assistant.library)
        for question in read_question_set("seeds/questions.jsonl").questions:
            if question.evidence:
                asked = standalone_question(question.question, question.history)
                rows.append(
                    {
                        "set": f"seeds {question.split}",
                        "cluster": question.article,
                        "question": asked,
                        "gold": [pid for pid, _ in gold.passages(question)],
                        "listed": listed(assistant.library, asked),
                    }
                )
    return rows


def reranked(rows: Sequence[Row], adapter: Path) -> list[float]:
    """Adds the reranker's scores to the rows; gives the milliseconds of each question."""
    _, path = packaged("embedder")
    reranker = AdaptedCrossEncoder(path.parent, adapter, RANKING_PIECES)
    reranker.score("", [""])  # loads it
    times = []
    for row in rows:
        began = time.perf_counter()
        scores = reranker.score(row["question"], [text for _, _, text in row["listed"]])
        times.append(1000 * (time.perf_counter() - began))
        row["scores"] = scores.tolist()
    return times


def values(rows: Sequence[Row], mixture: float) -> dict[str, list[float]]:
    """One value a question, by figure."""
    ranking, judgements = {}, {}
    for number, row in enumerate(rows):
        mixed = {
            passage: (1 - mixture) * fused + mixture * score
            for (passage, fused, _), score in zip(row["listed"], row["scores"], strict=True)
        }
        ranking[str(number)] = sorted(mixed.items(), key=lambda pair: -pair[1])
        judgements[str(number)] = dict.fromkeys(row["gold"], 1)
    scores = retrieval_scores(ranking, judgements)
    return {name: [scores[str(n)][name] for n in range(len(rows))] for name in _FIGURES}


def told(rows: Sequence[Row], mixture: float) -> str:
    """Each figure with its difference to the fused list, and the difference's 95% interval."""
    clusters = [row["cluster"] for row in rows]
    before, now = values(rows, 0.0), values(rows, mixture)
    parts = []
    for name, of_now in now.items():
        change = [new - old for new, old in zip(of_now, before[name], strict=True)]
        figure = clustered_mean(name, change, clusters, 0)
        parts.append(
            f"{name} {np.mean(of_now):.3f} ({figure.value:+.3f}: "
            f"{figure.low:+.3f} to {figure.high:+.3f})"
        )
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, default=resource("models", "ranking.safetensors"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True, help="the starter library")
    parser.add_argument("--n", type=int, default=150)
    options = parser.parse_args()
    cache = options.work / "ranking-rows.json"
    if cache.exists():
        rows = json.loads(cache.read_text())
    else:
        rows = seeds_rows(options.library)
        rows += clapnq_rows(options.data, options.work)
        rows += squad_rows(options.data, options.work, options.n)
        cache.write_text(json.dumps(rows))
    times = reranked(rows, options.adapter)
    most = max(len(row["listed"]) for row in rows)
    print(f"{statistics.median(times):.0f} ms for {most} windows (median)")
    kinds = {row["set"]: [row["set"]] for row in rows}
    kinds["squadshifts"] = [kind for kind in kinds if kind.startswith("squadshifts")]
    for name, kind in kinds.items():
        part = [row for row in rows if row["set"] in kind]
        for mixture in _MIXTURES:
            print(f"{name:19} n {len(part):3} mixture {mixture:.2f}  {told(part, mixture)}")


if __name__ == "__main__":
    main()
