from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.library.catalogue import Catalogue
from assistant.library.database import Database
from assistant.library.journal import Journal
from assistant.records import Article, Filters
from tests.library.support import draft


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "catalogue.sqlite")


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    journal = Journal(database)
    journal.publish(
        [
            journal.stage(draft("old.txt", ["winter"], article="a", published="2019-12-31")),
            journal.stage(
                draft(
                    "new.txt",
                    ["spring", "summer"],
                    article="b",
                    published="2021-06-16",
                    section="Travel",
                    author="Ida Brandt",
                )
            ),
            journal.stage(draft("undated.txt", ["autumn"], article="c", section="Food")),
        ]
    )
    journal.stage(draft("pending.txt", ["never seen"], article="d"))
    return Catalogue(database)


def names(catalogue: Catalogue, filters: Filters | None = None) -> list[str]:
    return [article.source for article in catalogue.articles(filters)]


def test_only_what_is_live_shows(catalogue: Catalogue) -> None:
    assert [source.name for source in catalogue.sources()] == ["old.txt", "new.txt", "undated.txt"]
    assert names(catalogue) == ["old.txt", "new.txt", "undated.txt"]
    assert catalogue.article("d") is None
    assert catalogue.passages(["d-never seen"]) == []
    assert catalogue.article_passages("d") == []
    assert catalogue.lexical("never", 10) == []
    assert catalogue.original("pending.txt") is None
    assert catalogue.count_passages() == 4
    assert "d-never seen" not in catalogue.passage_ids()


def test_a_source_tells_its_counts_and_gives_its_bytes_back(catalogue: Catalogue) -> None:
    source = catalogue.sources()[1]
    assert (source.format, source.articles, source.passages) == ("text", 1, 2)
    assert catalogue.original("new.txt") == b"spring\n\nsummer"
    assert source.bytes == len(b"spring\n\nsummer")


def test_an_article_comes_back_as_it_was_kept(database: Database) -> None:
    kept = Article(
        id="a1", title="Title", text="Ten\u200dtwo 🦉\n\nThree", source="page", section="S",
        author="A", published="2020-02-29", notes=("Three", "x"), address="https://example.org/a",
    )  # fmt: skip
    made = draft("page", ["x"])
    journal = Journal(database)
    journal.publish([journal.stage(replace(made, articles=[(kept, [])]))])
    assert Catalogue(database).article("a1") == kept


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["old.txt", "new.txt", "undated.txt"]),
        (Filters(sources=("new.txt", "old.txt", "none.txt")), ["old.txt", "new.txt"]),
        (Filters(sections=("Travel",)), ["new.txt"]),
        (Filters(authors=("Ida Brandt",)), ["new.txt"]),
        (Filters(since="2021-06-16"), ["new.txt"]),
        (Filters(since="2021-06-17"), []),
        (Filters(until="2019-12-31"), ["old.txt"]),
        (Filters(since="20191231", until="2021-06-16"), ["old.txt", "new.txt"]),
        (Filters(sections=("Travel", "Food"), until="2021-12-31"), ["new.txt"]),
    ],
)
def test_filters(catalogue: Catalogue, filters: Filters, expected: list[str]) -> None:
    assert names(catalogue, filters) == expected
    passing = {p.id for a in catalogue.articles(filters) for p in catalogue.article_passages(a.id)}
    assert catalogue.passage_ids(filters) == passing
    found = {i for i, _ in catalogue.lexical("winter OR spring OR summer OR autumn", 9, filters)}
    assert found == passing


@pytest.mark.parametrize("day", ["yesterday", "2021-13-01", "", "2021"])
def test_a_date_that_is_none_is_refused(catalogue: Catalogue, day: str) -> None:
    with pytest.raises(UsageError, match="not a date") as refused:
        catalogue.articles(Filters(until=day))
    assert "2021-06-16" in refused.value.hint


def test_passages_come_in_the_order_asked_for(catalogue: Catalogue) -> None:
    wanted = ["b-summer", "none", "a-winter", "b-spring"]
    assert [p.text for p in catalogue.passages(wanted)] == ["summer", "winter", "spring"]
    many = [f"none-{i}" for i in range(40_000)]
    assert [p.text for p in catalogue.passages([*many, "a-winter"])] == ["winter"]
    assert catalogue.passing([*many, "a-winter"]) == {"a-winter"}


def test_words_are_found_by_their_stems_and_without_accents(database: Database) -> None:
    journal = Journal(database)
    journal.publish([journal.stage(draft("p", ["Cargo trains reached Poznań"], title="Railways"))])
    catalogue = Catalogue(database)
    for expression in ("train", "poznan", "reaching", "railway", "title:railways", '"cargo train"'):
        assert len(catalogue.lexical(expression, 5)) == 1, expression
    assert catalogue.lexical("text:railways", 5) == []


def test_the_best_match_comes_first_and_scores_higher(database: Database) -> None:
    journal = Journal(database)
    texts = ["owls and mice", "owls owls owls", "mice", *[f"filler {i}" for i in range(20)]]
    journal.publish([journal.stage(draft("p", texts))])
    found = Catalogue(database).lexical("owls", 5)
    assert [passage_id for passage_id, _ in found] == ["a1-owls owls owls", "a1-owls and mice"]
    assert found[0][1] > found[1][1] > 0
    assert len(Catalogue(database).lexical("filler", 3)) == 3


@pytest.mark.parametrize("expression", ['"', "a AND", "nowhere:x", "*", "", "a NEAR("])
def test_an_expression_that_is_none_is_a_usage_error(catalogue: Catalogue, expression: str) -> None:
    with pytest.raises(UsageError, match="search words"):
        catalogue.lexical(expression, 5)
