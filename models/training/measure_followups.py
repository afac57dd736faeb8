"""Measures how well follow-ups are understood, by what is found with them.

    python models/training/measure_followups.py --data DATA --work work

The dialogues of CANARD (Elgohary et al. 2019) are the library: of each, the answers one after the
other are an article. A follow-up's gold passage is the one that holds its answer. It is searched
for with the question as asked, as our rules rewrite it, and as people rewrote it.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data import is_reporting

from assistant.evaluation.documents import document_library
from assistant.evaluation.intervals import clustered_mean
from assistant.evaluation.questions import Document
from assistant.inference.models import load_embedder
from assistant.library.store import Library
from assistant.retrieval.followups import Turn, standalone_question
from assistant.retrieval.search import best_hits, ranked_lists

_DEPTH = 10
_SHORTEST_ANSWER = 5  # words: "Yes, he did." stands anywhere
_NO_ANSWER = "I don't know."


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question of a dialogue, with what was said before, its answer, and the same question
    standing alone, as a person wrote it."""

    dialogue: str
    history: tuple[Turn, ...]
    question: str
    answer: str
    rewritten: str


def dialogues(path: Path) -> tuple[list[Document], list[FollowUp]]:
    """The dialogues as articles, and their follow-ups that have an answer to be found."""
    longest: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for row in rows:
        name, history = row["QuAC_dialog_id"], [" ".join(said.split()) for said in row["History"]]
        if len(history) > len(longest.get(name, [])):
            longest[name] = history
    documents = [
        Document(name, said[0], " ".join(a for a in said[3::2] if a != _NO_ANSWER))
        for name, said in longest.items()
        if len(said) > 3
    ]
    return documents, list(_follow_ups(rows, longest))


def _follow_ups(
    rows: Sequence[dict[str, object]], longest: dict[str, list[str]]
) -> Iterator[FollowUp]:
    for row in rows:
        name, before = str(row["QuAC_dialog_id"]), row["History"]
        if not isinstance(before, list):
            raise SystemExit("CANARD's rows have another form than expected.")
        said = longest[name]
        answer = said[len(before) + 1] if len(said) > len(before) + 1 else ""
        if len(answer.split()) < _SHORTEST_ANSWER:
            continue
        # The article's title and section open the dialogue, as a reader's first question would.
        history = [(f"{said[0]}, {said[1]}", "")]
        history += [(said[i], said[i + 1]) for i in range(2, len(before) - 1, 2)]
        yield FollowUp(
            name, tuple(history), str(row["Question"]).strip(), answer, str(row["Rewrite"]).strip()
        )


def reciprocal_rank(library: Library, question: str, dialogue: str, answer: str) -> float:
    """One over the place of the first passage of the dialogue that holds the answer's beginning."""
    beginning = answer[:40]
    hits = best_hits(library, ranked_lists(library, question), _DEPTH)
    for place, hit in enumerate(hits, start=1):
        if hit.source == dialogue and beginning in hit.passage.text:
            return 1 / place
    return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--tuning", action="store_true", help="the tuning part, not the reporting")
    parser.add_argument("--n", type=int, default=500)
    options = parser.parse_args()
    documents, asked = dialogues(options.data / "followups" / "canard.jsonl.gz")
    asked = [a for a in asked if is_reporting(a.dialogue) != options.tuning][: options.n]
    clusters = [a.dialogue for a in asked]
    with document_library(documents, options.work / "canard.library", load_embedder()) as library:
        ways = {
            "as asked": [a.question for a in asked],
            "rewritten by rule": [standalone_question(a.question, a.history) for a in asked],
            "rewritten by people": [a.rewritten for a in asked],
        }
        ranks = {
            way: [
                reciprocal_rank(library, question, a.dialogue, a.answer)
                for question, a in zip(questions, asked, strict=True)
            ]
            for way, questions in ways.items()
        }
    by_people = ranks["rewritten by people"]
    for way, values in ranks.items():
        for name, least in (("hit@1", 1), ("hit@4", 1 / 4), ("MRR@10", None)):
            of = [float(v >= least) if least else v for v in values]
            against = [float(v >= least) if least else v for v in by_people]
            figure = clustered_mean(name, of, clusters, 0)
            share = sum(of) / sum(against)
            print(
                f"{way:20} {name:7} {figure.value:.3f}  {figure.low:.3f} to {figure.high:.3f}"
                f"  n {figure.n}  {share:.3f} of people's"
            )


if __name__ == "__main__":
    main()
