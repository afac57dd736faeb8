from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.reading.accounting import Fate, Line
from assistant.records import Article, Passage, Source
from assistant.web.library.inside import article_view, bounded, failed_view, source_view
from tests.web.fake_assistant import HARBOUR, passage_of
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

DAY = "2026-11-24T06:00:00+00:00"


def test_an_article_shows_where_its_passages_begin_and_end() -> None:
    cut = HARBOUR.text.index(" The harbour master")
    passages = [
        Passage("p", HARBOUR.id, 0, cut, HARBOUR.text[:cut]),
        Passage("q", HARBOUR.id, cut + 1, len(HARBOUR.text), HARBOUR.text[cut + 1 :]),
    ]
    parsed = Parsed(html := article_view(HARBOUR, passages))
    first, second = html.split('<span class="bounded')[1:]
    assert Parsed(f'<p><span class="x{first}</p>').text == f"Passage 1{HARBOUR.text[:cut]} "
    assert f"Passage 2{HARBOUR.text[cut + 1 :]}" in parsed.text
    assert second.startswith(" even")
    assert "Shipping · Ola Brandt · 2024-02-11" in parsed.text
    assert "48 words · 2 passages" in parsed.text
    (back,) = parsed.named("button", **{"data-do": "select"})
    assert back["value"] == "source:harbour.html"


def test_a_source_shows_its_articles_and_what_was_dropped() -> None:
    lines = [Line("Share", "dropped"), Line("A title", "about"), Line("A sentence.", "kept")]
    source = Source("harbour.html", "html", 12_345, 1, 3, DAY, DAY)
    parsed = Parsed(source_view(source, [HARBOUR], {HARBOUR.id: 3}, lines))
    assert "html · 12 kB · 1 article · 3 passages · added 2026-11-24" in parsed.text
    (inside,) = parsed.named("button", **{"data-do": "select"})
    assert inside["value"] == f"article:{HARBOUR.id}"
    assert "1 line dropped as clutter" in parsed.text
    assert "DroppedShareTitle and detailsA titleKeptA sentence." in parsed.text
    whole = Parsed(source_view(source, [HARBOUR], {}, lines[1:]))
    assert "Nothing was dropped" in whole.text


@given(st.text("ab \n", max_size=40), st.lists(st.integers(0, 40), max_size=8))
def test_no_character_is_lost_between_passages(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts})
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    passages = [Passage(str(n), "a", a, b, text[a:b]) for n, (a, b) in enumerate(pairs)]
    shown = Parsed(bounded(text, passages)).text
    for number in range(len(passages), 0, -1):
        shown = shown.replace(f"Passage {number}", "", 1)
    assert shown.replace("\n", "") == text.replace("\n", "")


def test_texts_run_their_own_way() -> None:
    word = "متى؟"
    article = Article(*(word,) * 7, address=word)
    source = Source(word, "html", 1, 1, 1, DAY, DAY)
    fates: list[Fate] = ["kept", "about", "dropped"]
    lines = [Line(word, fate) for fate in fates]
    views = article_view(article, [passage_of(article)]), source_view(source, [article], {}, lines)
    for html in views:
        assert word in Parsed(html).text
        assert word not in Parsed(html).mixed
    passages = Parsed(bounded(word, [passage_of(article)]))
    assert passages.text == f"Passage 1{word}"
    assert passages.mixed == ""
    # Its number must not say which way it runs.
    assert passages.named("span", **{"class": "bound", "dir": "ltr"})


def test_hostile_texts_stay_text() -> None:
    article = Article(
        EVERYTHING,
        EVERYTHING,
        EVERYTHING,
        EVERYTHING,
        EVERYTHING,
        EVERYTHING,
        EVERYTHING,
        address=EVERYTHING,
    )
    source = Source(EVERYTHING, EVERYTHING, 1, 1, 1, EVERYTHING, DAY)
    html = "".join(
        [
            article_view(article, [passage_of(article)]),
            source_view(source, [article], {}, [Line(EVERYTHING, "dropped")]),
            failed_view(UsageError(EVERYTHING, EVERYTHING)),
        ]
    )
    parsed = Parsed(html)
    hostile = {"script", "img", "a", "iframe", "svg", "style", "object", "form"}
    assert not parsed.tags & hostile
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
