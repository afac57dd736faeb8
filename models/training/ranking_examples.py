"""Makes the examples that the reranker is trained on: questions with retrieval's own mistakes.

Each is a question with windows of passages: first one that holds the answer, then some that the
search puts near the top and that do not.

    python models/training/ranking_examples.py --data DATA --output ranking.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from data import tuning_paragraphs

from assistant.evaluation.documents import document_library
from assistant.evaluation.metrics import contains_answer
from assistant.evaluation.questions import Document
from assistant.inference.models import load_embedder
from assistant.retrieval.reranking import window
from assistant.retrieval.search import ranked_lists

_MISTAKES = 5
_LOOKED_AT = 14


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--n", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    paragraphs = tuning_paragraphs(options.data)
    documents = [Document(str(n), p.title, p.text) for n, p in enumerate(paragraphs)]
    asked = [(n, a) for n, p in enumerate(paragraphs) for a in p.asked if len(a.answers) > 1]
    made = 0
    with (
        document_library(
            documents, options.output.with_suffix(".library"), load_embedder()
        ) as library,
        options.output.open("w", encoding="utf-8") as file,
    ):
        sources = {article.id: int(article.source) for article in library.articles()}
        for home, question in random_.sample(asked, min(options.n, len(asked))):
            found = library.passages(
                list(ranked_lists(library, question.question).fused)[:_LOOKED_AT]
            )
            mistakes = [
                p
                for p in found
                if sources[p.article_id] != home and not contains_answer(p.text, question.answers)
            ]
            gold = paragraphs[home]
            right = window(question.question, gold.title, gold.text)
            if not contains_answer(right, question.answers) or len(mistakes) < _MISTAKES:
                continue
            nearest = mistakes[:3] + random_.sample(mistakes[3:], _MISTAKES - 3)
            wrong = [
                window(question.question, paragraphs[sources[p.article_id]].title, p.text)
                for p in nearest
            ]
            row = {"question": question.question, "windows": [right, *wrong]}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            made += 1
    print(f"{made} questions")


if __name__ == "__main__":
    main()
