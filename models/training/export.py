"""Writes the adapter of a checkpoint as the product merges it, in half precision.

    python models/training/export.py --checkpoint checkpoint.pt --output models/reader.safetensors

Names are those of the GGUF file's tensors, and the scale is in the second factor. llama.cpp keeps
the rows of query and key weights in another order than transformers (the two halves of each head's
rotary dimensions interleaved), so the second factor's rows are put in that order here.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from train import RANK, base_model

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_KEY = re.compile(r"layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.weight")
_SCALE = 2.0  # lora_alpha over rank


def interleaved(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a query or key weight in llama.cpp's order.

    Source: ``LlamaModel.permute`` in llama.cpp's convert_hf_to_gguf.py.
    """
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def exported(
    adapter: dict[str, torch.Tensor], heads: int, key_heads: int
) -> dict[str, torch.Tensor]:
    """The factors by the tensor that they change: ``a`` (rank, inputs), ``b`` (outputs, rank)."""
    tensors = {}
    for key, value in adapter.items():
        found = _KEY.search(key)
        if found is None:
            raise SystemExit(f"The checkpoint has an unknown part: {key}.")
        layer, module, factor = found.groups()
        factors = value.float()
        if factor == "B":
            factors = factors * _SCALE
            if module.endswith("q_proj"):
                factors = interleaved(factors, heads)
            elif module.endswith("k_proj"):
                factors = interleaved(factors, key_heads)
        name = f"blk.{layer}.{_NAMES[module]}.weight.{factor.lower()}"
        tensors[name] = factors.to(torch.float16).contiguous()
    return tensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    config = base_model("cpu").config
    kept = torch.load(options.checkpoint, weights_only=True)
    tensors = exported(kept["adapter"], config.num_attention_heads, config.num_key_value_heads)
    save_file(tensors, options.output, metadata={"rank": str(RANK), "step": str(kept["step"])})
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
