"""Writes what a cross-encoder learned as the product merges it, in half precision.

    python models/training/export_cross_encoder.py --checkpoint ranking.pt \\
        --output models/ranking.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

_PREFIX = "base_model.model."


def exported(learned: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Factors as ``….weight.a`` and ``….weight.b``, whole weights under their own names."""
    tensors = {}
    for key, values in learned.items():
        name = key.removeprefix(_PREFIX)
        for factor in ("A", "B"):
            name = name.replace(f".lora_{factor}.weight", f".weight.{factor.lower()}")
        tensors[name] = values.to(torch.float16).contiguous()
    return tensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    save_file(exported(torch.load(options.checkpoint, weights_only=True)), options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
