"""Writes the adapter of a checkpoint, or the mean of several, as the product merges it, in half
precision.

python models/training/export.py --checkpoint checkpoint.pt --output models/reader.safetensors

Several runs that began at the same adapter stay so near to each other that their mean is an adapter
too, and may read better than each of them (Wortsman et al. 2022, Model soups).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from adapters import exported, mean
from safetensors.torch import save_file
from train import RANK, base_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    config = base_model("cpu").config
    kept = [torch.load(path, weights_only=True) for path in options.checkpoint]
    adapter = mean([each["adapter"] for each in kept])
    tensors = exported(adapter, config.num_attention_heads, config.num_key_value_heads)
    steps = " ".join(str(each["step"]) for each in kept)
    save_file(tensors, options.output, metadata={"rank": str(RANK), "steps": steps})
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
