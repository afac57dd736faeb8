from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.evaluation.gold import Gold
from assistant.evaluation.questions import GoldSpan, Question
from assistant.library.store import Library
from tests.fakes import HashEmbedder

MILL = "The mill was built in 1820. It burned down."
OWLS = "Owls nest there now. It burned down."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for name, text in (("The mill", MILL), ("Owls", OWLS)):
        page = f"---\ntitle: {name}\n---\n\n{text}\n"
        (tmp_path / f"{name}.md").write_text(page, encoding="utf-8")
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        library.add([tmp_path / "The mill.md", tmp_path / "Owls.md"])
        yield library


def asked(**known: object) -> Question:
    fields: dict[str, object] = {
        "id": "1", "split": "", "question": "What?", "answers": ("x",), "answerable": True
    }  # fmt: skip
    return Question(**{**fields, **known})  # type: ignore[arg-type]


def passage_of(library: Library, title: str) -> str:
    (article,) = (a for a in library.articles() if a.title == title)
    return library.article_passages(article.id)[0].id


def test_evidence_is_found_whatever_the_white_space(library: Library) -> None:
    gold = Gold(library).passages(asked(evidence="The mill  was\nbuilt in 1820."))
    assert gold == ((passage_of(library, "The mill"), 1),)


def test_the_article_tells_which_of_equal_sentences_is_meant(library: Library) -> None:
    both = Gold(library).passages(asked(evidence="It burned down."))
    one = Gold(library).passages(asked(evidence="It burned down.", article="Owls"))
    elsewhere = Gold(library).passages(asked(evidence="It burned down.", article="Of nobody"))
    assert len(both) == len(elsewhere) == 2
    assert one == ((passage_of(library, "Owls"), 1),)


def test_spans_documents_and_ids(library: Library) -> None:
    owls = passage_of(library, "Owls")
    gold = Gold(library)
    assert gold.passages(asked(gold_spans=(GoldSpan("Owls.md", 0, 4),))) == ((owls, 1),)
    assert gold.passages(asked(gold_spans=(GoldSpan("Owls", 900, 904),))) == ()
    assert gold.passages(asked(gold_documents=(("Owls.md", 2),))) == ((owls, 2),)
    assert gold.passages(asked(gold_passages=("gone",))) == (("gone", 1),)
    assert gold.passages(asked()) == ()


def test_rankings_are_of_documents_where_these_are_judged(library: Library) -> None:
    gold = Gold(library)
    mill, owls = passage_of(library, "The mill"), passage_of(library, "Owls")
    found = [(owls, 0.9), (mill, 0.5), (owls, 0.4)]
    assert gold.ranked(asked(), found) == found
    by_document = gold.ranked(asked(gold_documents=(("gone.md", 1),)), found)
    assert by_document == [("Owls.md", 0.9), ("The mill.md", 0.5)]
