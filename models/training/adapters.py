"""An adapter as the training framework has it, and as the product merges it.

In the product's file, names are those of the GGUF file's tensors, and the scale is in the second
factor. llama.cpp keeps the rows of query and key weights in another order than transformers (the
two halves of each head's rotary dimensions interleaved), so the second factor's rows are put in
that order there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_MODULES = {name: module for module, name in NAMES.items()}
TRAINED = "base_model.model.model.layers.{}.{}.lora_{}.weight"
_TRAINED_KEY = re.compile(r"layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.weight")
_MERGED_KEY = re.compile(r"blk\.(\d+)\.(\w+)\.weight\.([ab])")
SCALE = 2.0  # lora_alpha over rank


def interleaved(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a query or key weight in llama.cpp's order.

    Source: ``LlamaModel.permute`` in llama.cpp's convert_hf_to_gguf.py.
    """
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def in_halves(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Undoes :func:`interleaved`."""
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:])
    return pairs.swapaxes(1, 2).reshape(rows.shape)


def mean(adapters: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Each factor's mean over adapters of the same shape."""
    return {
        name: torch.stack([adapter[name].float() for adapter in adapters]).mean(0)
        for name in adapters[0]
    }


def mean_change(adapters: Sequence[dict[str, torch.Tensor]], rank: int) -> dict[str, torch.Tensor]:
    """The adapter of a rank that comes nearest to the mean of what adapters change.

    Adapters that began apart have factors that do not fit each other, but what they change, the
    product of the factors, can be averaged. Source: the singular value decomposition is the nearest
    matrix of a rank (Eckart and Young 1936), here of a product, by way of its factors' triangles.
    """
    nearest = {}
    for name in (name for name in adapters[0] if "lora_A" in name):
        other = name.replace("lora_A", "lora_B")
        left = torch.cat([adapter[other].double() / len(adapters) for adapter in adapters], 1)
        right = torch.cat([adapter[name].double() for adapter in adapters], 0)
        across, upper = torch.linalg.qr(left)
        along, lower = torch.linalg.qr(right.T)
        turned, sizes, other_turned = torch.linalg.svd(upper @ lower.T)
        roots = sizes[:rank].sqrt()
        nearest[name] = (roots[:, None] * (other_turned[:rank] @ along.T)).float()
        nearest[other] = (across @ turned[:, :rank] * roots).float()
    return nearest


def exported(
    adapter: dict[str, torch.Tensor], heads: int, key_heads: int
) -> dict[str, torch.Tensor]:
    """The factors by the tensor that they change: ``a`` (rank, inputs), ``b`` (outputs, rank)."""
    tensors = {}
    for key, value in adapter.items():
        found = _TRAINED_KEY.search(key)
        if found is None:
            raise SystemExit(f"The checkpoint has an unknown part: {key}.")
        layer, module, factor = found.groups()
        factors = value.float()
        if factor == "B":
            factors = factors * SCALE
            if module.endswith("q_proj"):
                factors = interleaved(factors, heads)
            elif module.endswith("k_proj"):
                factors = interleaved(factors, key_heads)
        name = f"blk.{layer}.{NAMES[module]}.weight.{factor.lower()}"
        tensors[name] = factors.to(torch.float16).contiguous()
    return tensors


def imported(
    tensors: dict[str, torch.Tensor], heads: int, key_heads: int
) -> dict[str, torch.Tensor]:
    """Undoes :func:`exported`, so that a file of the product can be trained on."""
    adapter = {}
    for key, value in tensors.items():
        found = _MERGED_KEY.fullmatch(key)
        if found is None:
            raise SystemExit(f"The adapter has an unknown part: {key}.")
        layer, name, factor = found.groups()
        module, factors = _MODULES[name], value.float()
        if factor == "b":
            factors = factors / SCALE
            if module.endswith("q_proj"):
                factors = in_halves(factors, heads)
            elif module.endswith("k_proj"):
                factors = in_halves(factors, key_heads)
        adapter[TRAINED.format(layer, module, factor.upper())] = factors.contiguous()
    return adapter
