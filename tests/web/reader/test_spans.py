from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.web.reader.spans import Span, closest_name, hit_name, marked_text, quote_name
from tests.web.parsed import Parsed

CITED = ["supported", "partly", "unsupported", "near"]
spans = st.lists(
    st.builds(
        Span,
        st.integers(-5, 30),
        st.integers(-5, 30),
        st.sampled_from(["t-0", "t-1", "t-2"]),
        st.sampled_from([*CITED, "found"]),
    ),
    max_size=5,
)


@given(st.text(st.characters(exclude_categories=["C"]), max_size=25), spans)
def test_marking_changes_no_text_and_marks_exactly_the_spans(text: str, wanted: list[Span]) -> None:
    text = text.strip()
    parsed = Parsed(marked_text(text, wanted))
    assert parsed.text == text
    for name in {span.name for span in wanted}:
        covered = "".join(
            character
            for place, character in enumerate(text)
            if any(s.name == name and s.start <= place < s.end for s in wanted)
            and any(s.kind in CITED and s.start <= place < s.end for s in wanted)
        )
        marked = [t for a, t in parsed.marks if name in (a["data-quotes"] or "").split()]
        assert "".join(marked) == covered


def test_a_passage_shows_where_nothing_is_cited() -> None:
    wanted = [Span(0, 12, "t-h0", "found"), Span(4, 8, "t-0", "partly")]
    html = marked_text("one two six ten", wanted)
    parsed = Parsed(html)
    assert parsed.marks == [
        ({"class": "quote partly", "data-quotes": "t-h0 t-0", "tabindex": "0"}, "two ")
    ]
    assert len(parsed.named("span", **{"class": "found", "data-quotes": "t-h0"})) == 2
    assert html.endswith("</span>ten")


def test_the_tab_key_reaches_each_sentence_once() -> None:
    wanted = [Span(0, 6, "t-0", "supported"), Span(3, 9, "t-1", "partly")]
    marks = Parsed(marked_text("abcdefghijkl", wanted)).marks
    assert [(text, a["tabindex"]) for a, text in marks] == [
        ("abc", "0"),
        ("def", "0"),
        ("ghi", "-1"),
    ]


def test_names_tell_turns_and_kinds_apart() -> None:
    names = {
        make(turn, place)
        for make in (quote_name, closest_name, hit_name)
        for turn in ("a", "b")
        for place in (0, 1)
    }
    assert len(names) == 12
