"""What readers say about answers becomes questions that are measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversations import Opinion
from assistant.evaluation.opinions import exported
from assistant.evaluation.questions import Question, check_question_set, json_lines
from assistant.evaluation.run import evaluate
from assistant.evaluation.scores import given_answers
from assistant.records import Answer, Article
from tests.evaluation.small import small_assistant
from tests.web.fake_assistant import BRIDGE, HARBOUR, ferry_answer, refusal
from tests.web.hostile import EVERYTHING

LIBRARY = (HARBOUR, BRIDGE)
FERRY = ferry_answer("How much did the Tern Line carry?")
BAD = Opinion("t1", "2026-11-24T06:00:00+00:00", (), FERRY, "bad", "wrong", "41,000 tonnes")
CARRIED = "The harbour master, Ines Calloway, said the Tern Line carried 41,000 tonnes last year."
PAID = "The council of Fennick paid 3.2 million crowns for the work."


def question_of(opinion: Opinion, articles: tuple[Article, ...] = LIBRARY) -> Question:
    made = exported([opinion], articles)
    assert made.lacking == 0
    return made.questions[0]


def asking(question: str, **changed: object) -> Answer:
    fields = {"question": question, "standalone_question": question, **changed}
    return replace(FERRY, **fields)  # type: ignore[arg-type]


def test_a_correction_becomes_the_answer_with_its_sentence_as_evidence() -> None:
    assert question_of(BAD) == Question(
        id="reader-t1",
        split="readers",
        question="How much did the Tern Line carry?",
        answers=("41,000 tonnes",),
        answerable=True,
        article=HARBOUR.title,
        evidence=CARRIED,
        draft=False,
    )


@pytest.mark.parametrize(
    ("question", "correction", "evidence"),
    [
        ("What did the council pay?", "3.2 million crowns", PAID),
        ("What did the council pay?", "The council paid 3.2 million.", PAID),  # its words, not it
        ("How much did it carry?", "41000 tonnes", CARRIED),
        ("Who is the harbour master?", "Ines Calloway", CARRIED),
        ("What did the council pay?", "$3.2 million", PAID),
        ("What did the council pay?", "2.3 million crowns", None),
        ("What did the council pay?", "4.2 million", None),
        ("Is there a council?", "no", None),  # such a word stands anywhere
        ("Whose cat slept?", "Fennick", None),  # there, but about something else
        ("How many seats?", "—", None),
    ],
)
def test_evidence_is_a_sentence_that_holds_the_correction(
    question: str, correction: str, evidence: str | None
) -> None:
    bad = replace(BAD, answer=asking(question), correction=correction)
    made = exported([bad], LIBRARY)
    assert [q.evidence for q in made.questions] == ([] if correction == "—" else [evidence])
    assert [q.answers for q in made.questions] == ([] if correction == "—" else [(correction,)])


def test_of_several_sentences_the_one_most_like_the_question_counts() -> None:
    text = "Owls came in 1987. The mill closed in 1987 after a flood. It was 1987 too."
    article = Article("m", "The mill", text, "mill.txt")
    bad = replace(BAD, answer=asking("When did the mill close?", hits=()), correction="1987")
    made = question_of(bad, (*LIBRARY, article))
    assert (made.article, made.evidence) == ("The mill", "The mill closed in 1987 after a flood.")


def test_a_sentence_that_was_found_goes_before_one_that_was_not() -> None:
    elsewhere = replace(HARBOUR, id="x", title="Copy", text=CARRIED + " Much did they carry.")
    assert question_of(BAD, (elsewhere, *LIBRARY)).article == HARBOUR.title
    unfound = replace(BAD, answer=asking("How much did it carry?", hits=()))
    assert question_of(unfound, (elsewhere, *LIBRARY)).article == "Copy"


def test_a_sentence_that_has_left_the_library_is_no_evidence() -> None:
    newer = replace(HARBOUR, text="The Tern Line has closed.")
    made = question_of(BAD, (newer, BRIDGE))
    assert (made.answers, made.article, made.evidence) == (("41,000 tonnes",), None, None)


def test_an_article_without_a_title_is_named_by_its_id() -> None:
    assert question_of(BAD, (replace(HARBOUR, title=" "),)).article == HARBOUR.id


def test_history_comes_along_and_the_rewriting_does_not_pass_for_a_reader_s() -> None:
    answer = replace(
        refusal("And in 2019?"), standalone_question="And in 2019? (Tern Line tonnes carried)"
    )
    history = (("How much did it carry?", "41,000 tonnes.[1]"),)
    made = question_of(replace(BAD, answer=answer, history=history, correction="60,000"))
    assert made.history == history
    assert made.standalone is None


def test_what_the_library_does_not_hold_cannot_be_answered() -> None:
    for opinion in (
        replace(BAD, reason="not held"),
        replace(BAD, answer=refusal("Who owns the moon?"), rating="good", reason=""),
    ):
        made = question_of(opinion)
        assert (made.answerable, made.answers, made.evidence) == (False, (), None)


def test_a_good_answer_keeps_its_first_supported_quote_as_evidence() -> None:
    made = question_of(replace(BAD, rating="good", reason="", correction=""))
    assert made.answers == ()
    assert made.article == HARBOUR.title
    assert made.evidence == FERRY.citations[0].quote


def test_a_quote_that_has_left_the_library_makes_no_question() -> None:
    good = replace(BAD, rating="good", reason="", correction="")
    newer = replace(HARBOUR, text="The Tern Line has closed.")
    assert exported([good], (newer, BRIDGE)).lacking == 1


def test_opinions_that_make_no_question_are_counted() -> None:
    unsupported = replace(FERRY, citations=FERRY.citations[1:])
    opinions = [
        replace(BAD, id="a", correction=""),
        replace(BAD, id="b", answer=refusal("Who?"), reason="held", correction="\u200b "),
        replace(BAD, id="c", answer=unsupported, rating="good", reason=""),
        replace(BAD, id="d", answer=asking("\u200b\x00")),
        BAD,
    ]
    made = exported(opinions, LIBRARY)
    assert [question.id for question in made.questions] == ["reader-t1"]
    assert made.lacking == 4


texts = st.text(max_size=30) | st.sampled_from([EVERYTHING, "\ud800 twice a day", "a\0b", "\n"])


@given(
    st.lists(
        st.builds(
            Opinion,
            id=st.uuids().map(str),
            at=st.just(""),
            history=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
            answer=st.builds(asking, texts, standalone_question=texts, refused=st.booleans()),
            rating=st.sampled_from(["good", "bad"]),
            reason=st.sampled_from(["", "wrong", "incomplete", "source", "not held", "held"]),
            correction=texts,
        ),
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_readers_say_the_file_is_a_question_set(opinions: list[Opinion]) -> None:
    made = exported(opinions, LIBRARY)
    assert len(made.questions) + made.lacking == len(opinions)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "questions.jsonl"
        path.write_text(json_lines(made.questions), encoding="ascii")
        read = check_question_set(path)
    assert read.problems == ()
    assert read.questions == made.questions


def test_an_evaluation_runs_what_readers_said(tmp_path: Path) -> None:
    with small_assistant(tmp_path) as assistant:
        owls = assistant.answer("When did owls move into the Hexley mill?")
        tram = assistant.answer("How many people did the tram carry a day?")
        driver = assistant.answer("Who drove the tram?")
        opinions = [
            Opinion("owls", "", (), owls, "bad", "wrong", "in 1987"),
            Opinion("tram", "", (), tram, "good"),
            Opinion("driver", "", (), driver, "bad", "not held"),
            Opinion("vague", "", (), tram, "bad", "incomplete"),
        ]
        made = exported(opinions, assistant.articles())
        path = tmp_path / "readers.jsonl"
        path.write_text(json_lines(made.questions), encoding="ascii")
        result = evaluate(assistant, path, split="readers")
    assert made.lacking == 1
    assert made.questions[0].evidence == "Barn owls moved into the Hexley mill in 1987."
    cases = {case.prediction.question.id: case for case in result.cases}
    assert set(cases) == {"reader-owls", "reader-tram", "reader-driver"}
    assert cases["reader-owls"].outcome == "right"
    assert cases["reader-owls"].scores["final hit@4"] == 1.0
    assert cases["reader-tram"].prediction.gold
    # Where the answer stands is known, its words are not.
    assert cases["reader-tram"].scores["right"] is None
    assert cases["reader-tram"].outcome == "right"
    assert result.figure("refusals", "right, refusals included").n == 2
    assert len(given_answers(result.cases)) == 2
    assert cases["reader-driver"].outcome == "answered though unanswerable"
