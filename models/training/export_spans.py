"""Writes what the span reader learned as the product merges it: changes of its matrices cut to a
rank, everything else whole, in half precision.

    python models/training/export_spans.py --checkpoint spans.pt --output models/spans.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from packaged import packaged
from safetensors.torch import save_file
from transformers import AutoModelForQuestionAnswering

_RANK = 96
_SAME = 1e-7


def exported(
    before: dict[str, torch.Tensor], after: dict[str, torch.Tensor], rank: int
) -> dict[str, torch.Tensor]:
    """Factors of what changed, as ``….weight.a`` and ``….weight.b``; whole what is no matrix of
    the layers.

    Args:
        before: weights of the packaged model.
        after: weights that were learned.
        rank: of the factors.
    """
    tensors = {}
    for name, learned in after.items():
        change = learned - before[name]
        if name.startswith("qa_outputs") or change.dim() < 2:
            if name.startswith("qa_outputs") or change.abs().max() > _SAME:
                tensors[name] = learned
        elif change.abs().max() > _SAME:
            left, sizes, right = torch.linalg.svd(change.double(), full_matrices=False)
            root = sizes[:rank].sqrt()
            tensors[f"{name}.b"] = left[:, :rank] * root
            tensors[f"{name}.a"] = root[:, None] * right[:rank]
    return {name: values.to(torch.float16).contiguous() for name, values in tensors.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    packaged_model = AutoModelForQuestionAnswering.from_pretrained(
        packaged("embedder")[1].parent, local_files_only=True
    )
    learned = torch.load(options.checkpoint, weights_only=True)
    save_file(exported(packaged_model.state_dict(), learned, _RANK), options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
