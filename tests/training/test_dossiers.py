"""The dossiers say what their questions' answers say they say, and so do the packs."""

from __future__ import annotations

import random
import re
from collections import Counter

from dossiers import dossiers, packs_of
from packs import REFUSAL

from assistant.evaluation.metrics import contains_answer

UNANSWERABLE = {"changed", "missing"}
KINDS = UNANSWERABLE | {"plain", "two", "why", "list", "follow-up"}
STATEMENT = re.compile(r"\[(\d)\] (.+)")


def test_every_answer_stands_in_its_sentence_and_that_in_its_article() -> None:
    for dossier in dossiers():
        texts = [article["text"] for article in dossier["articles"]]
        for asked in dossier["questions"]:
            for answer in asked["answers"]:
                assert answer["answer"] in answer["evidence"], asked["question"]
                assert answer["evidence"] in texts[answer["article"]], asked["question"]


def test_what_cannot_be_answered_has_no_answer_and_all_else_has_one() -> None:
    for dossier in dossiers():
        for asked in dossier["questions"]:
            assert asked["kind"] in KINDS
            assert (asked["kind"] in UNANSWERABLE) == (not asked["answers"]), asked["question"]
            assert bool(asked.get("history")) == (asked["kind"] == "follow-up"), asked["question"]


def test_no_dossier_and_no_question_stands_there_twice() -> None:
    held = dossiers()
    texts = Counter(article["text"] for dossier in held for article in dossier["articles"])
    assert [text for text, times in texts.items() if times > 1] == []
    # Two texts of one dossier may be of one article.
    titles = Counter(t for dossier in held for t in {a["title"] for a in dossier["articles"]})
    # Reviews and forum posts have none.
    assert [title for title, times in titles.items() if title and times > 1] == []
    for dossier in held:
        counted = Counter((q["question"], str(q.get("history"))) for q in dossier["questions"])
        assert [question for question, times in counted.items() if times > 1] == []


def test_the_answers_of_packs_stand_in_the_passages_that_they_name() -> None:
    for pack in packs_of(dossiers(), ["Sing a song."], random.Random(1)):
        for item in pack.items:
            if item.answer == REFUSAL:
                continue
            for line in item.answer.splitlines():
                number, said = STATEMENT.fullmatch(line).groups()
                assert said in pack.passages[int(number) - 1][1], item.question


def test_where_an_answer_was_cut_off_it_stands_nowhere_else() -> None:
    held = dossiers()
    answers = {q["question"].lower(): q["answers"] for d in held for q in d["questions"]}
    seen = 0
    for pack in packs_of(held, ["Sing a song."], random.Random(2)):
        for item in pack.items:
            known = answers.get(item.question.lower())
            if item.kind == "cut off" and known:
                seen += 1
                shown = [text for _, text in pack.passages]
                wanted = [answer["answer"] for answer in known]
                assert not any(contains_answer(text, wanted) for text in shown), item.question
    assert seen > 50


def test_a_good_quarter_of_the_questions_of_packs_has_no_answer() -> None:
    packs = list(packs_of(dossiers(), ["Sing a song."], random.Random(3)))
    refused = [item.answer == REFUSAL for pack in packs for item in pack.items]
    assert 0.22 < sum(refused) / len(refused) < 0.38
