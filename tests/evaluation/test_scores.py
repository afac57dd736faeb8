from __future__ import annotations

from dataclasses import replace

from assistant.evaluation.cases import Prediction
from assistant.evaluation.questions import GoldSpan, Question
from assistant.evaluation.scores import lacks_evidence, scored

ALONE = Question("alone", "", "When did it open?", ("1911",), True)
FOLLOW_UP = replace(
    ALONE, id="follow-up", history=(("The tram?", "Yes."),), standalone="When did the tram open?"
)
GOLD = (("p1", 1),)
FOUND = (("p1", 1.0),)


def test_an_error_scores_0_only_at_the_stages_that_the_question_has() -> None:
    rankings = {"final": FOUND, "as asked": FOUND, "by hand": FOUND}
    fine = Prediction(FOLLOW_UP, gold=GOLD, rankings=rankings)
    failed = [
        Prediction(replace(question, id=f"failed {question.id}"), error="It broke.", gold=GOLD)
        for question in (ALONE, FOLLOW_UP)
    ]
    _, alone, follow_up = scored([fine, *failed])
    assert alone.scores["final hit@4"] == 0.0
    assert not [name for name in alone.scores if name.startswith(("as asked", "by hand"))]
    for stage in rankings:
        assert follow_up.scores[f"{stage} hit@4"] == 0.0


def test_evidence_that_the_library_does_not_hold_is_noticed() -> None:
    with_evidence = replace(ALONE, evidence="It opened in 1911.")
    assert lacks_evidence(Prediction(with_evidence))
    assert lacks_evidence(Prediction(replace(ALONE, gold_spans=(GoldSpan("Tram", 0, 4),))))
    assert not lacks_evidence(Prediction(with_evidence, gold=GOLD))
    assert not lacks_evidence(Prediction(ALONE))
    assert not lacks_evidence(Prediction(replace(with_evidence, answerable=False)))
    assert not lacks_evidence(Prediction(replace(with_evidence, gold_documents=(("a", 1),))))
