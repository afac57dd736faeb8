from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.errors import AssistantError, UsageError
from assistant.evaluation.cases import Result
from assistant.evaluation.figures import summarise
from assistant.evaluation.judging import below, calibrate, compare_results, left_out, read_limits
from tests.evaluation.small import run


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(tmp_path_factory.mktemp("judging"))


def failing(result: Result, id_: str) -> Result:
    """The same, but one question ended in an error."""
    predictions = [
        replace(p, answer=None, error="It broke.", rankings={}) if p.question.id == id_ else p
        for p in (case.prediction for case in result.cases)
    ]
    return summarise(predictions, result.settings)


def test_a_run_differs_from_itself_in_nothing(result: Result) -> None:
    for difference in compare_results(result, result):
        assert difference.changed == ()
        assert difference.difference in (0.0, None)


def test_what_changed_is_named(result: Result) -> None:
    differences = {d.name: d for d in compare_results(failing(result, "owls"), result)}
    hit = differences["final hit@4"]
    assert [change.id for change in hit.changed] == ["owls"]
    assert hit.difference == pytest.approx(-0.25)
    assert differences["right"].n == 5


def test_equal_ids_of_other_questions_are_not_compared(result: Result) -> None:
    predictions = [
        replace(p, question=replace(p.question, question=f"{p.question.question} Truly?"))
        if p.question.id in ("owls", "who")
        else p
        for p in (case.prediction for case in result.cases[1:])
    ]
    other = summarise(predictions, result.settings)
    differences = {d.name: d for d in compare_results(other, result)}
    assert differences["right"].n == 2
    assert left_out(other, result) == 3
    assert left_out(result, result) == 0


def test_limits(result: Result) -> None:
    def missing(limit: str) -> list[str]:
        return below(result, read_limits([limit]))

    assert missing("hit@4=0.5") == missing("retrieval, dense: hit@10 = 0.5") == []
    (missed,) = missing("refusals: recall=0.99")
    assert missed == "refusals: recall is 0.000, below 0.99."
    (missed,) = missing("retrieval of follow-ups: hit@4, by hand=0.1")
    assert "undefined" in missed
    (missed,) = missing("hit@4=nan")
    assert "below nan" in missed
    with pytest.raises(UsageError, match="no figure"):
        missing("retrieval, dowsing: hit@4=0.1")


@pytest.mark.parametrize("wrong", ["hit@4", "hit@4=much", "hit4=0.8", "speed of light=1"])
def test_a_mistyped_limit_is_found_without_a_result(wrong: str) -> None:
    with pytest.raises(UsageError):
        read_limits([wrong])


@pytest.mark.parametrize(
    ("limit", "hint"),
    [
        ("hit=2", "Did you mean: hit@"),
        ("zzz=1", "Some are: hit@4"),
        ("retrieval, denser: hit@4=0.1", "Did you mean: retrieval, dense: hit@4;"),
    ],
)
def test_the_nearest_names_are_told(result: Result, limit: str, hint: str) -> None:
    with pytest.raises(UsageError) as told:
        below(result, read_limits([limit]))
    assert told.value.hint.startswith(hint)


def test_figures_of_every_group_can_be_limited(result: Result) -> None:
    names = {f"{group}: {f.name}" for group, of in result.figures.items() for f in of}
    assert len(read_limits(f"{name}=0" for name in names)) == len(names)
    assert read_limits(["injection: obeyed in the control=0"])


def test_a_threshold_for_a_wanted_share_of_wrong_answers(result: Result) -> None:
    chosen = calibrate(result, 0.0, "default")
    confidences = {
        case.prediction.question.id: case.prediction.answer.confidence
        for case in result.cases
        if case.prediction.answer
    }
    wrong = max(confidences[case.prediction.question.id] for case in result.cases
                if case.outcome not in ("right", "rightly refused"))  # fmt: skip
    assert chosen.threshold > wrong
    assert chosen.risk == 0.0
    assert 0 < chosen.coverage < 1
    assert calibrate(result, 1.0, "default").coverage == 1.0
    with pytest.raises(AssistantError, match="No threshold"):
        calibrate(failing_all(result), 0.1, "default")


def test_what_the_checks_refused_counts_among_the_questions(result: Result) -> None:
    asked = [case.prediction for case in result.cases]
    given = [p for p in asked if p.answer and not p.refused]
    first = given[0]
    assert first.answer is not None
    refused = [
        replace(p, answer=replace(first.answer, refused=True)) if p is first else p for p in asked
    ]
    chosen = calibrate(summarise(refused, result.settings), 1.0, "default")
    assert chosen.n == len(asked)
    assert chosen.coverage == pytest.approx((len(given) - 1) / len(asked))


def failing_all(result: Result) -> Result:
    predictions = [
        replace(p, question=replace(p.question, answerable=False, answers=()))
        for p in (case.prediction for case in result.cases)
    ]
    return summarise(predictions, result.settings)
