"""An article to the passages that are embedded and found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from assistant.reading.sentences import sentence_spans
from assistant.records import Article, Passage

# A sentence of more characters than this a token is too long whatever its tokenizer says, and
# counting it would be slow.
_CHARACTERS_A_TOKEN = 50
_TITLE_BUDGET = 50
_HEADING_WORDS = 14


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a part of one that is too long: passages are made of whole units.

    ``tokens`` counts the white space up to the next unit too, so that the sum of units bounds a
    passage. ``cost`` says how bad a place its end is to end a passage, as a share of a passage.
    """

    start: int
    end: int
    tokens: int
    cost: float


def split_passages(
    article: Article, count_tokens: Callable[[str], int], max_tokens: int = 200
) -> list[Passage]:
    """Cut an article into passages of whole sentences, none longer than ``max_tokens``.

    ``article.text[p.start:p.end] == p.text`` for each passage; together they hold every sentence,
    in order, and none overlaps another. They end at paragraphs where that leaves them of similar
    length. Only a sentence that alone is too long is cut, between words, and inside a word only if
    that alone is too long.

    Args:
        article: its id goes into the passages' ids, so the library gives it one before.
        count_tokens: the embedder's count of word pieces. It is called once a sentence, and taken
            to give a text no more than the sum of its parts.
        max_tokens: the most word pieces in a passage; the title is embedded on top.
    """
    units = _units(article.text, count_tokens, max_tokens)
    equal_texts: Counter[str] = Counter()
    passages: list[Passage] = []
    for start, end in _stretches(units, max_tokens):
        text = article.text[start:end]
        embedded = embedded_text(article.title, text)
        identity = "\0".join((article.id, embedded, str(equal_texts[embedded])))
        equal_texts[embedded] += 1
        digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        passages.append(Passage(digest, article.id, start, end, text))
    return passages


def embedded_text(title: str, passage_text: str) -> str:
    """What is embedded for a passage: the article's title, a line break and the passage.

    A long title is cut, between words where it can be, to what an embedder that reads 256 word
    pieces has left beside a passage of 200. No tokenizer is at hand here, so a plain letter is
    taken for half a word piece and any other character for a whole one.
    """
    return f"{_short_title(title)}\n{passage_text}"


def _short_title(title: str) -> str:
    spent = 0.0
    for position, character in enumerate(title):
        if not character.isspace():
            spent += 0.5 if character.isascii() and character.isalpha() else 1.0
        if spent > _TITLE_BUDGET:
            words = title[:position].rsplit(maxsplit=1)
            return words[0].rstrip()
    return title


def _units(text: str, count_tokens: Callable[[str], int], max_tokens: int) -> list[_Unit]:
    units: list[_Unit] = []
    for start, end, follower in _with_followers(sentence_spans(text), len(text)):
        cost = _cost_of_ending(text, start, end, follower)
        tokens = _count_if_short(text[start:follower], count_tokens, max_tokens)
        if tokens <= max_tokens:
            units.append(_Unit(start, end, int(tokens), cost))
            continue
        pieces = _pieces(text, start, end, count_tokens, max_tokens)
        units.extend(
            _Unit(piece_start, piece_end, count_tokens(text[piece_start:piece_follower]), cost)
            for piece_start, piece_end, piece_follower in _with_followers(pieces, follower)
        )
    return units


def _with_followers(spans: list[tuple[int, int]], end: int) -> Iterator[tuple[int, int, int]]:
    for (start, stop), (follower, _) in pairwise([*spans, (end, end)]):
        yield start, stop, follower


def _count_if_short(text: str, count_tokens: Callable[[str], int], max_tokens: int) -> float:
    return count_tokens(text) if len(text) <= _CHARACTERS_A_TOKEN * max_tokens else math.inf


def _cost_of_ending(text: str, start: int, end: int, follower: int) -> float:
    between = text[end:follower]
    if follower == len(text):
        return 0.0
    if between.count("\n") < 2:
        return 0.15 if between.count("\n") else 0.25
    # A heading belongs to what comes after it.
    opens_paragraph = start == 0 or text[start - 1] == "\n"
    is_heading = opens_paragraph and text[end - 1].isalnum()
    return 0.5 if is_heading and len(text[start:end].split()) <= _HEADING_WORDS else 0.0


def _pieces(
    text: str, start: int, end: int, count_tokens: Callable[[str], int], max_tokens: int
) -> list[tuple[int, int]]:
    """Halve a stretch between words, or inside one, until each piece fits."""
    pieces: list[tuple[int, int]] = []
    waiting = [(start, end)]
    while waiting:
        start, end = waiting.pop()
        fits = _count_if_short(text[start:end], count_tokens, max_tokens) <= max_tokens
        if fits or end - start == 1:
            pieces.append((start, end))
        else:
            left_end, right_start = _middle(text, start, end)
            waiting += [(right_start, end), (start, left_end)]
    return pieces


def _middle(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the left half of a stretch ends and the right half starts."""
    half = (start + end) // 2
    left = text[start:half].rstrip()
    right = text[half:end].lstrip()
    if start + len(left) < half or end - len(right) > half:
        return start + len(left), end - len(right)
    words = left.rsplit(maxsplit=1)
    before = words[0].rstrip() if len(words) == 2 else ""
    last_word = len(words[-1])
    first_word = len(right.split(maxsplit=1)[0])
    after = right[first_word:].lstrip()
    if before and (last_word <= first_word or not after):
        return start + len(before), half - last_word
    if after:
        return half + first_word, end - len(after)
    return half, half


def _stretches(units: Sequence[_Unit], max_tokens: int) -> Iterator[tuple[int, int]]:
    """Group units into passages of similar length that end at the best places near to it."""
    left = sum(unit.tokens for unit in units)
    first = 0
    while first < len(units):
        target = left / max(1, math.ceil(left / max_tokens))
        best, best_cost, best_used = first, math.inf, 0
        used = 0
        for last in range(first, len(units)):
            used += units[last].tokens
            if used > max_tokens and last > first:
                break
            cost = abs(used - target) + units[last].cost * max_tokens
            if cost <= best_cost:
                best, best_cost, best_used = last, cost, used
        yield units[first].start, units[best].end
        left -= best_used
        first = best + 1
