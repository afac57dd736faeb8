from __future__ import annotations

from assistant.records import Hit, Passage
from assistant.retrieval.evidence import rank_sentences, select_evidence
from tests.fakes import HashEmbedder

TRAM = "The tram opened in 1911. It ran to the mill. Nobody knows who drew the line."
CLOCKS = "The museum has 212 clocks. Entry is free. Herons nest on the roof."


def hit(number: int, text: str, start: int = 0) -> Hit:
    passage = Passage(f"p{number}", f"a{number}", start, start + len(text), text)
    return Hit(passage, 0.5, 0.5, {}, f"Title {number}", "page.txt")


def words(text: str) -> int:
    return len(text.split())


def test_sentences_know_where_they_stand_in_the_article() -> None:
    ranked = rank_sentences("clocks", [hit(1, CLOCKS, start=100)], HashEmbedder())
    assert (ranked[0].start, ranked[0].end) == (100, 126)
    assert [CLOCKS[s.start - 100 : s.end - 100] for s in ranked] == [s.text for s in ranked]


def test_all_goes_in_where_the_budget_allows() -> None:
    evidence = select_evidence("tram", [hit(1, TRAM), hit(2, CLOCKS)], HashEmbedder(), words, 100)
    assert evidence.texts == (TRAM, CLOCKS)
    assert evidence.cut == ()


def test_the_most_relevant_sentences_go_in_first() -> None:
    hits = [hit(1, TRAM), hit(2, CLOCKS)]
    evidence = select_evidence("When was the tram opened?", hits, HashEmbedder(), words, 5)
    assert evidence.texts == ("The tram opened in 1911.", "")
    assert evidence.cut == ("p1", "p2")


def test_gaps_are_shown() -> None:
    evidence = select_evidence(
        "212 clocks, herons roof", [hit(1, CLOCKS)], HashEmbedder(), words, 10
    )
    assert evidence.texts == ("The museum has 212 clocks. … Herons nest on the roof.",)


def test_numbers_stay_those_of_the_hits() -> None:
    hits = [hit(1, "word " * 50 + "."), hit(2, CLOCKS)]
    evidence = select_evidence("museum", hits, HashEmbedder(), words, 12)
    assert evidence.texts[0] == ""
    assert "The museum has 212 clocks." in evidence.texts[1]
    assert {s.number for s in evidence.sentences} == {1, 2}
    assert evidence.hits == tuple(hits)


def test_the_best_sentence_goes_in_whatever_its_length() -> None:
    evidence = select_evidence("word", [hit(1, "word " * 50 + ".")], HashEmbedder(), words, 5)
    assert len(evidence.texts) == 1


def test_a_vector_that_is_known_takes_the_place_of_the_questions() -> None:
    embedder = HashEmbedder()
    (clocks,) = embedder.embed_queries(["The museum has 212 clocks."])
    ranked = rank_sentences("herons", [hit(1, CLOCKS)], embedder, clocks)
    assert max(ranked, key=lambda sentence: sentence.cosine).text == "The museum has 212 clocks."
