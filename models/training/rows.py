"""Packs one behind the other in rows of one length, and which of their tokens see which."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tokens import DECISION_WEIGHT, Packed, positions
from torch.nn.attention.flex_attention import BlockMask, create_block_mask

_ROW = 16384


@dataclass(frozen=True, slots=True)
class Row:
    """Packs in a row: tokens (1, n), positions (1, n), of each token its pack and its question
    (n,), both 0 where there is none; places of the answers' tokens, and what each of those counts.
    """

    tokens: torch.Tensor
    positions: torch.Tensor
    packs: torch.Tensor
    questions: torch.Tensor
    places: torch.Tensor
    counts: torch.Tensor

    def to(self, device: str) -> Row:
        return Row(*(getattr(self, name).to(device) for name in self.__slots__))


def row_of(packs: Sequence[Packed], length: int = _ROW) -> Row:
    """The packs one behind the other; what is left of the row sees itself alone."""
    tokens, places, counts = [], [], []
    where, of_pack, of_question = [], [], []
    for number, pack in enumerate(packs, start=1):
        begin = len(tokens)
        tokens += pack.tokens
        where += positions(pack)
        of_pack += [number] * len(pack.tokens)
        of_question += [0] * pack.shared
        for question, (first, answer, end) in enumerate(pack.segments, start=1):
            of_question += [question] * (end - first)
            places += range(begin + answer, begin + end)
            counts += [DECISION_WEIGHT, *[1.0] * (end - answer - 1)]
    rest = [0] * (length - len(tokens))
    filled = [torch.tensor(values + rest) for values in (tokens, where, of_pack, of_question)]
    parts = (filled[0][None], filled[1][None], *filled[2:])
    return Row(*parts, torch.tensor(places), torch.tensor(counts))


def rows(packs: Sequence[Packed], random_: random.Random, length: int = _ROW) -> list[list[Packed]]:
    """The packs in another order, as many together as a row holds."""
    filled: list[list[Packed]] = [[]]
    size = 0
    for pack in random_.sample(list(packs), len(packs)):
        if size + len(pack.tokens) > length:
            filled.append([])
            size = 0
        filled[-1].append(pack)
        size += len(pack.tokens)
    return filled


def sees(row: Row, token: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Whether a token sees another: one before it, of what all questions of its pack share or of
    its own question."""
    same = row.packs[token] == row.packs[other]
    shared = (row.questions[other] == 0) | (row.questions[other] == row.questions[token])
    return same & (token >= other) & shared


def block_mask(row: Row) -> BlockMask:
    """The same for all tokens, as FlexAttention wants it."""

    def of_row(_batch: Any, _head: Any, token: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return sees(row, token, other)

    n = row.tokens.shape[1]
    return create_block_mask(of_row, 1, None, n, n, device=row.tokens.device)
