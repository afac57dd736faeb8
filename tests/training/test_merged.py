"""The merged adapter reads as the framework reads with one, question by question."""

from __future__ import annotations

import pytest
import torch
from adapters import TRAINED
from merged import Reader
from rows import row_of
from tokens import Packed
from transformers import LlamaConfig, LlamaForCausalLM

CONFIG = LlamaConfig(
    vocab_size=60,
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    tie_word_embeddings=True,
)
SHAPES = {
    "self_attn.q_proj": (64, 64),
    "self_attn.k_proj": (32, 64),
    "self_attn.v_proj": (32, 64),
    "self_attn.o_proj": (64, 64),
    "mlp.gate_proj": (96, 64),
    "mlp.up_proj": (96, 64),
    "mlp.down_proj": (64, 96),
}
PACKS = [
    Packed(list(range(3, 20)), 6, [(6, 9, 12), (12, 14, 17)]),
    Packed(list(range(21, 33)), 4, [(4, 10, 12)]),
]


def adapter(rank: int = 2) -> dict[str, torch.Tensor]:
    made = {}
    for layer in range(CONFIG.num_hidden_layers):
        for module, (outputs, inputs) in SHAPES.items():
            made[TRAINED.format(layer, module, "A")] = torch.randn(rank, inputs) / 8
            made[TRAINED.format(layer, module, "B")] = torch.randn(outputs, rank) / 8
    return made


def merged_by_hand(model: LlamaForCausalLM, factors: dict[str, torch.Tensor]) -> None:
    for layer, each in enumerate(model.model.layers):
        for module in SHAPES:
            left, right = (factors[TRAINED.format(layer, module, factor)] for factor in "BA")
            change = 2.0 * left @ right
            each.get_submodule(module).weight.data += change


def losses_alone(model: LlamaForCausalLM, pack: Packed) -> list[torch.Tensor]:
    found = []
    for begin, answer, end in pack.segments:
        tokens = torch.tensor([pack.tokens[: pack.shared] + pack.tokens[begin:end]])
        said = end - answer
        logits = model(input_ids=tokens).logits[0, -said - 1 : -1]
        found.append(torch.nn.functional.cross_entropy(logits, tokens[0, -said:], reduction="none"))
    return found


@pytest.mark.filterwarnings("ignore:flex_attention called without")
@torch.no_grad()
def test_losses_of_a_row_are_those_of_each_question_alone() -> None:
    torch.manual_seed(1)
    model, factors = LlamaForCausalLM(CONFIG).eval(), adapter()
    reader = Reader(model, factors, "cpu", compiled=False)
    found = reader.losses(row_of(PACKS, 128))
    merged_by_hand(model, factors)
    wanted = torch.cat([loss for pack in PACKS for loss in losses_alone(model, pack)])
    # The reader works in bfloat16.
    assert torch.allclose(found, wanted, atol=0.05), (found - wanted).abs().max()
    assert (wanted.max() - wanted.min()) > 0.5


def test_the_adapter_comes_back_as_it_was() -> None:
    factors = adapter()
    again = Reader(LlamaForCausalLM(CONFIG), factors, "cpu", compiled=False).adapter()
    assert again.keys() == factors.keys()
    assert all(torch.equal(again[name], factors[name]) for name in factors)
