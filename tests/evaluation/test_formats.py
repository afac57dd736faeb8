from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.content import read_text
from assistant.evaluation.questions import (
    GoldSpan,
    Question,
    QuestionSet,
    check_question_set,
    read_question_set,
)

CONTEXT = "The mill stands. It was built in 1820 by Dr. Hale. It burned down."
SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "The/Mill",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "s1",
                            "question": "When was it built?",
                            "answers": [{"text": "1820", "answer_start": 33}],
                            "is_impossible": False,
                        },
                        {"id": "s2", "question": "Who?", "answers": [], "is_impossible": True},
                    ],
                },
                {"context": "Another text.", "qas": []},
            ],
        }
    ],
}
FULL = Question(
    id="q1",
    split="tune",
    question='Who, "then"?',
    answers=("Ilse", "Ilse Hale"),
    answerable=True,
    history=(("Where?", "There."),),
    article="Mill",
    evidence="Ilse did.",
    gold_spans=(GoldSpan("Mill", 0, 9),),
    gold_passages=("p1",),
    standalone="Who was it then?",
    draft=True,
)
PLAIN = Question(id="q2", split="", question="Why?", answers=(), answerable=False)


def line(question: Question) -> dict[str, Any]:
    fields = {k: v for k, v in question.to_dict().items() if v not in (None, [], "")}
    spans = [[s.article, s.start, s.end] for s in question.gold_spans]
    return fields | ({"gold_spans": spans} if spans else {})


def own_lines() -> str:
    return "\n".join(json.dumps(line(q)) for q in (FULL, PLAIN))


def own_csv() -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(line(FULL)))
    writer.writeheader()
    for question in (FULL, PLAIN):
        writer.writerow(
            {k: json.dumps(v) if isinstance(v, list) else v for k, v in line(question).items()}
        )
    return out.getvalue()


BEIR = {
    "corpus.jsonl": '{"_id": "d/1", "title": "Mill", "text": "It was built in 1820."}\n'
    '{"_id": "d?1", "title": "", "text": "It burned down."}',
    "queries.jsonl": '{"_id": "b1", "text": "When?"}\n{"_id": "b2", "text": "Unjudged?"}',
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nb1\td/1\t2\nb1\td?1\t1\nb2\td/1\t0\n",
}


def beir_folder(folder: Path, files: dict[str, str] = BEIR) -> Path:
    (folder / "qrels").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(tmp_path: Path, data: str | bytes) -> QuestionSet:
    path = tmp_path / "set.bin"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return check_question_set(path)


@pytest.mark.parametrize(("written", "format_"), [(own_lines, "jsonl"), (own_csv, "csv")])
@pytest.mark.parametrize("packed", [False, True])
def test_own_formats_go_round(tmp_path: Path, written: Any, format_: str, packed: bool) -> None:
    data = b"\xef\xbb\xbf" + written().encode()
    found = read(tmp_path, gzip.compress(data) if packed else data)
    assert found.problems == ()
    assert (found.format, found.questions) == (format_, (FULL, PLAIN))


@pytest.mark.parametrize(
    ("cell", "answers"),
    [("1820", ("1820",)), ("1820 | in 1820", ("1820", "in 1820")), ("[bracket", ("[bracket",))],
)
def test_answers_of_csv_may_be_plain(tmp_path: Path, cell: str, answers: tuple[str]) -> None:
    found = read(tmp_path, f"id,question,answers,answerable\nq,When?,{cell},Yes\n")
    assert found.questions[0].answers == answers


@pytest.mark.parametrize("indent", [None, 2])
def test_squad_gives_texts_and_the_sentence_of_the_answer(
    tmp_path: Path, indent: int | None
) -> None:
    found = read(tmp_path, json.dumps(SQUAD, indent=indent))
    assert (found.format, found.problems) == ("squad", ())
    assert [d.source for d in found.documents] == ["The Mill 1", "The Mill 2"]
    built, who = found.questions
    assert (built.article, built.answers) == ("The Mill 1", ("1820",))
    assert built.evidence == "It was built in 1820 by Dr. Hale."
    assert not who.answerable


def test_squad_answers_must_stand_where_they_are_said_to(tmp_path: Path) -> None:
    found = read(tmp_path, json.dumps(SQUAD).replace('"answer_start": 33', '"answer_start": 34'))
    assert [q.id for q in found.questions] == ["s2"]
    assert found.problems[0].where == "data[0].paragraphs[0].qas[0]"
    assert "1820" in found.problems[0].reason


def test_beir_gives_texts_and_grades(tmp_path: Path) -> None:
    found = read_question_set(beir_folder(tmp_path / "set"))
    (question,) = found.questions
    assert (found.format, question.id, question.split) == ("beir", "b1", "test")
    assert question.gold_documents == (("d 1", 2), ("d 1 (2)", 1))
    assert [d.source for d in found.documents] == ["d 1", "d 1 (2)"]


def test_beir_problems_name_file_and_line(tmp_path: Path) -> None:
    files = BEIR | {"qrels/test.tsv": "query-id\tcorpus-id\tscore\nb1\tnone\t1\nb1\td/1\tmany\n"}
    found = check_question_set(beir_folder(tmp_path / "set", files))
    assert [p.where for p in found.problems] == ["qrels/test.tsv line 2", "qrels/test.tsv line 3"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\0\0",
        gzip.compress(own_lines().encode())[:-20],
        b"\xff\xfe\xfa",
        b'{"version": "1", "data": [\n{',
        b"no header\nat all",
    ],
)
def test_what_is_no_question_set_is_refused_with_a_hint(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        read(tmp_path, data)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("header", "missing"), [("question,answers", "id"), ("id,answers", "question")]
)
def test_a_column_that_is_missing_is_named(tmp_path: Path, header: str, missing: str) -> None:
    with pytest.raises(UsageError, match=f"its header has no column `{missing}`"):
        read(tmp_path, f"{header}\na,b\n")


def test_a_folder_that_is_no_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        check_question_set(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_too_large_is_refused(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "large"
    data = b"x" * 5_000_000
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(UsageError, match="larger than 1 MB"):
        read_text(path, 1_000_000)


HOSTILE_VALUES = ["[" * 100_000, "9" * 5000, "NaN", '"\\ud800"', '"a\\u0000"', "-1", "true", "{}"]


@pytest.mark.parametrize("name", ["id", "question", "answers", "history", "gold_spans"])
@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_a_hostile_field_is_a_problem(tmp_path: Path, name: str, value: str) -> None:
    bad = json.dumps(line(FULL) | {name: "HERE"}).replace('"HERE"', value)
    found = read(tmp_path, json.dumps(line(PLAIN)) + "\n" + bad)
    assert found.questions == (PLAIN,)
    assert [p.where for p in found.problems] == ["line 2"]


def mutated(good: bytes, random_: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(random_.randint(1, 4)):
        place = random_.randrange(len(data) or 1)
        match random_.randrange(4):
            case 0:
                data[place : place + 1] = bytes([random_.randrange(256)])
            case 1:
                del data[place:]
            case 2:
                del data[place : place + random_.randint(1, 9)]
            case _:
                wrong = random_.choice([b"null", b"[[[", b"NaN", b"1e999", b"{}", b'"', b"-7"])
                data[place:place] = wrong
    return bytes(data)


@settings(max_examples=200, deadline=None)
@given(format_=st.sampled_from(["jsonl", "csv", "squad", "beir", "gz"]), seed=st.integers())
def test_malformed_files_give_problems_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, format_: str, seed: int
) -> None:
    random_ = random.Random(seed)
    path = tmp_path_factory.mktemp("malformed") / "set"
    if format_ == "beir":
        beir_folder(path)
        name = random_.choice(list(BEIR))
        (path / name).write_bytes(mutated(BEIR[name].encode(), random_))
    else:
        good = {
            "jsonl": own_lines().encode(),
            "csv": own_csv().encode(),
            "squad": json.dumps(SQUAD).encode(),
            "gz": gzip.compress(own_lines().encode(), mtime=0),
        }
        path.write_bytes(mutated(good[format_], random_))
    with contextlib.suppress(UsageError):
        found = check_question_set(path)
        json.dumps(found.to_dict()).encode()
        assert all(p.where and p.reason for p in found.problems)
        if found.problems:
            with pytest.raises(UsageError, match="has a problem at"):
                read_question_set(path)
