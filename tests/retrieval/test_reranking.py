from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Hit, Passage
from assistant.retrieval.reranking import DEPTH, rerank, window
from tests.fakes import WordCrossEncoder

TEXT = (
    "The mill stands by the river. It was sold in 1954. A brewery bought it for its cellars. "
    "Barn owls moved in much later, and nobody drives them out."
)


def hit(name: str, text: str, score: float, title: str = "") -> Hit:
    passage = Passage(name, name, 0, len(text), text)
    return Hit(passage, score, score, {"dense": 1}, title, f"{name}.txt", None, None, None)


def test_the_window_is_around_the_sentence_that_shares_most_words() -> None:
    long = " ".join(f"Filler number {n} says nothing that anybody asks." for n in range(20))
    shown = window("Who bought the mill's cellars?", "The mill", f"{long} {TEXT} {long}")
    assert shown.startswith("The mill. ")
    assert "A brewery bought it for its cellars." in shown
    assert len(shown.split()) <= 2 + 44


def test_a_short_passage_is_read_whole_and_a_title_only_where_there_is_one() -> None:
    assert window("When?", "", TEXT) == TEXT
    assert window("When?", " ", "") == ""


@given(st.text(), st.text(), st.text())
def test_a_window_is_made_of_any_text(question: str, title: str, text: str) -> None:
    window(question, title, text)


def test_the_reranker_moves_up_what_it_takes_for_the_answer() -> None:
    hits = [hit("tram", "The tram ran along the harbour.", 0.52), hit("mill", TEXT, 0.5)]
    ranked = rerank("Who bought the cellars?", hits, WordCrossEncoder())
    assert [h.passage.id for h in ranked] == ["mill", "tram"]
    assert ranked[0].similarity == 0.5
    assert ranked[0].score > ranked[1].score


@given(st.lists(st.floats(0, 1), max_size=DEPTH + 5))
def test_nothing_is_lost_and_scores_fall(scores: list[float]) -> None:
    hits = [hit(str(n), TEXT, score) for n, score in enumerate(sorted(scores, reverse=True))]
    ranked = rerank("Who bought it?", hits, WordCrossEncoder())
    assert {h.passage.id for h in ranked} == {h.passage.id for h in hits}
    read = [h.score for h in ranked[:DEPTH]]
    assert read == sorted(read, reverse=True)
    assert [h.passage.id for h in ranked[DEPTH:]] == [h.passage.id for h in hits[DEPTH:]]
