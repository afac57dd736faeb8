from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from assistant.evaluation.rankings import (
    CUTOFFS,
    retrieval_scores,
    write_judgements,
    write_run,
)

PASSAGES = ["p1", "p2", "p 3", "ü%20", "p5\n", "p6", "p7", "p8", "p9", "pa", "pb", "pc"]
QUESTIONS = st.sampled_from(["q1", "q 2", "ü", "q%", "#4"])
RANKINGS = st.dictionaries(
    QUESTIONS,
    st.lists(st.sampled_from(PASSAGES), unique=True).flatmap(
        lambda ids: st.tuples(
            st.just(ids), st.lists(st.floats(0, 1), min_size=len(ids), max_size=len(ids))
        ).map(lambda pair: list(zip(pair[0], sorted(pair[1], reverse=True), strict=True)))
    ),
)
JUDGEMENTS = st.dictionaries(
    QUESTIONS,
    st.dictionaries(st.sampled_from(PASSAGES), st.integers(0, 2), min_size=1, max_size=4),
)


def test_figures_worked_out_by_hand() -> None:
    ranking = {"q": [("x", 0.9), ("good", 0.8), ("y", 0.7), ("z", 0.6), ("best", 0.5)]}
    scores = retrieval_scores(ranking, {"q": {"good": 1, "best": 2, "far": 1, "x": 0}})["q"]
    assert [scores[f"hit@{k}"] for k in CUTOFFS] == [0, 1, 1, 1, 1]
    assert [scores[f"recall@{k}"] for k in CUTOFFS] == pytest.approx(
        [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3]
    )
    assert [scores[f"MRR@{k}"] for k in CUTOFFS] == [0, 0.5, 0.5, 0.5, 0.5]
    # gains 1 at rank 2, 2 at rank 5; at best 2, 1, 1 at ranks 1 to 3
    gain, ideal = 0.6309298 + 2 * 0.3868528, 2 + 0.6309298 + 0.5
    assert scores["nDCG@10"] == pytest.approx(gain / ideal, abs=1e-6)


def test_the_order_counts_where_scores_tie() -> None:
    # alone, trec_eval would put z before a; and the last two differ in double precision only
    for ranking in ([("a", 1.0), ("z", 1.0)], [("a", 0.3 + 1e-15), ("z", 0.3)]):
        assert retrieval_scores({"q": ranking}, {"q": {"a": 1}})["q"]["hit@1"] == 1


def test_a_passage_counts_where_it_stands_first() -> None:
    ranking = {"q": [("a", 0.9), ("b", 0.8), ("a", 0.7), ("c", 0.6)]}
    scores = retrieval_scores(ranking, {"q": {"a": 1, "c": 1}})["q"]
    assert scores["MRR@10"] == 1
    assert scores["recall@3"] == 1


def test_a_judged_question_always_counts_and_no_other_does() -> None:
    scores = retrieval_scores(
        {"empty": [], "none good": [("a", 1.0)], "unjudged": [("a", 1.0)]},
        {"empty": {"a": 1}, "missing": {"a": 1}, "none good": {"a": 0}, "no grades": {}},
    )
    assert set(scores) == {"empty", "missing", "none good", "no grades"}
    assert {value for of_one in scores.values() for value in of_one.values()} == {0.0}
    assert all(len(of_one) == 4 * len(CUTOFFS) for of_one in scores.values())


@settings(max_examples=50, deadline=None)
@given(RANKINGS, JUDGEMENTS)
def test_the_reciprocal_rank_is_what_three_lines_make_of_it(
    ranking: dict[str, list[tuple[str, float]]], judgements: dict[str, dict[str, int]]
) -> None:
    scores = retrieval_scores(ranking, judgements)
    for question, grades in judgements.items():
        good = [grades.get(passage, 0) > 0 for passage, _ in ranking.get(question, ())]
        rank = good.index(True) + 1 if any(good) else None
        for k in CUTOFFS:
            within = rank is not None and rank <= k
            assert scores[question][f"MRR@{k}"] == pytest.approx(1 / (rank or 1) if within else 0)
            assert scores[question][f"hit@{k}"] == within


@settings(max_examples=30, deadline=None)
@given(RANKINGS, JUDGEMENTS.filter(bool))
def test_the_files_give_the_same_figures(
    tmp_path_factory: pytest.TempPathFactory,
    ranking: dict[str, list[tuple[str, float]]],
    judgements: dict[str, dict[str, int]],
) -> None:
    folder = tmp_path_factory.mktemp("trec")
    write_run(folder / "run", ranking, "dense, as asked")
    write_judgements(folder / "qrels", judgements)
    figures = ir_measures.calc_aggregate(
        [Success @ 4, R @ 5, RR @ 10, nDCG @ 10],
        list(ir_measures.read_trec_qrels(str(folder / "qrels"))),  # type: ignore[no-untyped-call]
        list(ir_measures.read_trec_run(str(folder / "run"))),  # type: ignore[no-untyped-call]
    )
    scores = retrieval_scores(ranking, judgements).values()
    for measure, name in {Success: "hit@4", R: "recall@5", RR: "MRR@10", nDCG: "nDCG@10"}.items():
        (value,) = (v for m, v in figures.items() if m.NAME == measure.NAME)
        assert value == pytest.approx(sum(s[name] for s in scores) / len(scores))


def test_ids_that_c_code_cannot_hold_are_kept_apart() -> None:
    ranking = {"\ud800": [("x\0y", 1.0), ("\udfff", 0.5)], "a\0b": [("x", 1.0)]}
    scores = retrieval_scores(ranking, {"\ud800": {"x\0z": 1}, "a\0b": {"x": 1}, "a\0c": {"x": 1}})
    assert [scores[q]["hit@10"] for q in ("\ud800", "a\0b", "a\0c")] == [0, 1, 0]


def test_ids_come_back_from_the_files(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"q\t1": [("a b", 0.2), ("c\u2028%20", 0.2)]}, "two words")
    lines = [line.split() for line in (tmp_path / "run").read_text().splitlines()]
    assert [[unquote(column) for column in line] for line in lines] == [
        ["q\t1", "Q0", "a b", "1", "2", "two words"],
        ["q\t1", "Q0", "c\u2028%20", "2", "1", "two words"],
    ]
    write_judgements(tmp_path / "qrels", {"q\t1": {"a b": 2}})
    assert (tmp_path / "qrels").read_text() == "q%091 0 a%20b 2\n"
