from __future__ import annotations

from pathlib import Path

import torch
from adapters import exported, imported, in_halves, interleaved, mean, mean_change
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

READER = Path(__file__).parents[2] / "models" / "reader.safetensors"
HEADS, KEY_HEADS = 9, 3  # of SmolLM2-135M


def test_the_two_halves_of_each_head_are_interleaved() -> None:
    rows = torch.arange(8)
    assert interleaved(rows, 2).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@given(heads=st.integers(1, 6), half=st.integers(1, 5), columns=st.integers(1, 3))
def test_in_halves_undoes_interleaved(heads: int, half: int, columns: int) -> None:
    rows = torch.arange(heads * half * 2 * columns).reshape(-1, columns)
    assert torch.equal(in_halves(interleaved(rows, heads), heads), rows)


def test_the_products_own_adapter_comes_back_bit_by_bit() -> None:
    tensors = load_file(READER)
    again = exported(imported(tensors, HEADS, KEY_HEADS), HEADS, KEY_HEADS)
    assert again.keys() == tensors.keys()
    assert all(torch.equal(again[name], tensors[name]) for name in tensors)


def test_the_mean_of_adapters_is_that_of_each_factor() -> None:
    adapters = [{"a": torch.full((2, 3), value), "b": torch.ones(3)} for value in (1.0, 4.0)]
    averaged = mean(adapters)
    assert torch.equal(averaged["a"], torch.full((2, 3), 2.5))
    assert torch.equal(averaged["b"], torch.ones(3))


def test_the_mean_change_is_exact_where_its_rank_is_enough() -> None:
    adapters = [random_adapter(seed, rank=3) for seed in (1, 2)]
    averaged = mean_change(adapters, rank=6)
    assert averaged["lora_A"].shape == (6, 8)
    wanted = (change(adapters[0]) + change(adapters[1])) / 2
    assert torch.allclose(change(averaged), wanted, atol=1e-5)


@given(seed=st.integers(0, 1000), rank=st.integers(1, 5))
def test_the_mean_change_of_a_lower_rank_leaves_out_the_smallest_part(seed: int, rank: int) -> None:
    adapters = [random_adapter(seed + other, rank=3) for other in (0, 1)]
    wanted = (change(adapters[0]) + change(adapters[1])) / 2
    left_out = change(mean_change(adapters, rank)) - wanted
    smallest = torch.linalg.svdvals(wanted)[rank:]
    assert torch.allclose(left_out.norm(), smallest.norm(), atol=1e-4)


def random_adapter(seed: int, rank: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {"lora_A": torch.randn(rank, 8), "lora_B": torch.randn(7, rank)}


def change(adapter: dict[str, torch.Tensor]) -> torch.Tensor:
    return adapter["lora_B"] @ adapter["lora_A"]
