"""Writes the adapter of a checkpoint, or the mean of several, as the product merges it, in half
precision.

    python models/training/export.py --checkpoint checkpoint.pt --output models/reader.safetensors
    python models/training/export.py --checkpoint one.pt another.pt --checkpoint apart.pt \\
        --output models/reader.safetensors

Checkpoints of one ``--checkpoint`` began at the same adapter; their factors stay so near to each
other that their mean is an adapter too, and may read better than each of them (Wortsman et al.
2022, Model soups). Of several ``--checkpoint`` what is changed is averaged, and cut to the rank
again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from adapters import exported, mean, mean_change
from safetensors.torch import save_file
from train import RANK, adapter_of, base_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, nargs="+", action="append", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    model = base_model()
    means = [mean([adapter_of(path, model) for path in paths]) for paths in options.checkpoint]
    adapter = means[0] if len(means) == 1 else mean_change(means, RANK)
    config = model.config
    tensors = exported(adapter, config.num_attention_heads, config.num_key_value_heads)
    save_file(tensors, options.output, metadata={"rank": str(RANK)})
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
