from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.library.catalogue import Catalogue
from assistant.library.database import Database
from assistant.library.journal import Journal
from tests.library.support import draft


def open_journal(folder: Path) -> tuple[Journal, Catalogue, Database]:
    database = Database(folder / "catalogue.sqlite")
    return Journal(database), Catalogue(database), database


def test_a_newer_version_takes_the_place_of_the_older_at_once(tmp_path: Path) -> None:
    journal, catalogue, _ = open_journal(tmp_path)
    journal.publish([journal.stage(draft("page", ["kept", "old"]))])
    added = catalogue.sources()[0].added
    newer = journal.stage(draft("page", ["new", "kept"]))
    assert {p.text for p in catalogue.article_passages("a1")} == {"kept", "old"}
    journal.publish([newer])
    assert [p.text for p in catalogue.article_passages("a1")] == ["new", "kept"]
    assert catalogue.passages(["a1-kept"])[0].start == 5
    assert catalogue.lexical("old", 5) == []
    assert [source.added for source in catalogue.sources()] == [added]
    assert journal.orphans() == ["a1-old"]
    journal.forget(journal.rows("dropping"))
    assert not journal.unfinished()
    assert catalogue.count_passages() == 2


def test_current_is_the_newest_version_that_is_not_dropping(tmp_path: Path) -> None:
    journal, _, _ = open_journal(tmp_path)
    first = journal.stage(draft("page", ["one"]))
    journal.publish([first])
    second = journal.stage(draft("page", ["two"]))
    other = journal.stage(draft("other", ["three"]))
    assert [version.row for version in journal.current()] == [second, other]
    assert journal.named("page") == [first, second]
    journal.withdraw([second, other])
    assert [version.row for version in journal.current()] == [first]
    assert journal.named("other") == []


def test_rows_are_never_used_again(tmp_path: Path) -> None:
    journal, _, _ = open_journal(tmp_path)
    first = journal.stage(draft("page", ["one"]))
    journal.withdraw([first])
    journal.forget([first])
    assert journal.stage(draft("page", ["two"])) > first


def test_what_a_version_holds(tmp_path: Path) -> None:
    journal, _, _ = open_journal(tmp_path)
    row = journal.stage(draft("page", ["one", "two"], title="Owls"))
    assert journal.titles(row) == {"Owls"}
    assert journal.count(row) == (1, 2)
    assert journal.passages("pending") == [(row, "a1-one"), (row, "a1-two")]
    assert journal.passages("live") == []
    assert journal.texts(["a1-two", "a1-one"]) == [("Owls", "two"), ("Owls", "one")]
    journal.move(row, "/elsewhere/page")
    assert journal.current()[0].path == "/elsewhere/page"


words = st.lists(st.sampled_from(["owl", "mill", "ferry", "lamp"]), min_size=1, unique=True)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("stage"), st.sampled_from("xy"), words),
        st.tuples(st.sampled_from(["publish", "withdraw", "forget"]), st.integers(0, 5)),
    ),
    max_size=14,
)


@given(steps=steps)
@settings(max_examples=25, deadline=None)
def test_the_full_text_index_is_in_step_after_any_steps(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        journal, catalogue, database = open_journal(Path(folder))
        for step in steps:
            if step[0] == "stage":
                journal.stage(draft(step[1], step[2], article=step[1]))
                continue
            state = "dropping" if step[0] == "forget" else "pending"
            rows = journal.rows(state)
            if step[0] == "withdraw":
                rows = sorted(rows + journal.rows("live"))
            chosen = rows[step[1] : step[1] + 1]
            getattr(journal, step[0])(chosen)
        assert not database.search_disagrees()
        found = {i for i, _ in catalogue.lexical("owl OR mill OR ferry OR lamp", 99)}
        assert found == catalogue.passage_ids() == {i for _, i in journal.passages("live")}
        assert len(journal.rows("live")) == len({s.name for s in catalogue.sources()})
        database.close()
