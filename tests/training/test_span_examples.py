from __future__ import annotations

import json
from pathlib import Path

from span_examples import occurrences, span_examples

PACK = {
    "passages": [
        ["Owls", "Barn owls nest in May."],
        ["", "In May the mill is shut. May it stay so."],
    ],
    "items": [
        {"question": "When is the mill shut?", "answer": "[2] May", "kind": "plain"},
        {"question": "Where do owls nest?", "answer": "The passages do not say.", "kind": "far"},
        {"question": "Tell me about owls", "answer": "[1] Barn owls nest in May.", "kind": "about"},
        {"question": "What happens in May?", "answer": "[1] nest\n[2] shut", "kind": "two"},
        {"question": "Who nests in May?", "answer": "[1] barn owls", "kind": "plain"},
    ],
}


def test_a_question_has_its_answer_in_the_first_of_two_passages(tmp_path: Path) -> None:
    file = tmp_path / "packs.jsonl"
    file.write_text((json.dumps(PACK) + "\n") * 40, encoding="utf-8")
    examples = span_examples([file], seed=1)
    owls, mill = "Owls. Barn owls nest in May.", PACK["passages"][1][1]
    by_question = {example.question: example for example in examples}
    assert set(by_question) == {
        "When is the mill shut?",
        "Where do owls nest?",
        "Who nests in May?",
    }
    shut = by_question["When is the mill shut?"]
    assert (shut.passages, shut.spans) == ((mill, owls), ((3, 6), (25, 28)))
    nests = by_question["Who nests in May?"]
    assert [owls[start:end] for start, end in nests.spans] == ["Barn owls"]
    unanswered = [e for e in examples if e.question == "Where do owls nest?"]
    assert 10 < len(unanswered) < 35
    assert all(e.spans == () and len(e.passages) == 2 for e in unanswered)
    assert examples == span_examples([file], seed=1)
    assert examples != span_examples([file], seed=2)


def test_words_in_the_title_are_no_answer() -> None:
    assert occurrences("owls", "Owls. Barn owls nest.", since=6) == ((11, 15),)
    assert occurrences("a+b", "A+B? aab", since=0) == ((0, 3),)
