"""Writes the adapter of a checkpoint as the product merges it, in half precision.

python models/training/export.py --checkpoint checkpoint.pt --output models/reader.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from adapters import exported
from safetensors.torch import save_file
from train import RANK, base_model


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
