"""An adapter: what a model learned on top of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Adapter:
    """Changes and whole weights, by the name of the weights in the model.

    ``factors`` are two thin matrices, of shapes (rank, inputs) and (outputs, rank): their product
    is added to the weights. ``whole`` take the place of weights.
    """

    factors: Mapping[str, tuple[Weights, Weights]]
    whole: Mapping[str, Weights]

    def change(self, name: str) -> Weights:
        """What is added to the weights of that name, of shape (outputs, inputs)."""
        thin, tall = self.factors[name]
        return tall @ thin


def read_adapter(path: Path) -> Adapter:
    """Reads an adapter, as models/training/ writes it.

    Source: LoRA (Hu et al. 2021); the scale is in the second factor.

    Raises:
        ModelError: the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors: dict[str, Any] = {k: v.astype(np.float32) for k, v in load_file(path).items()}
        names = {name[:-2] for name in tensors if name.endswith((".a", ".b"))}
        factors = {name: (tensors.pop(f"{name}.a"), tensors.pop(f"{name}.b")) for name in names}
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(
            f"The adapter {path.name} cannot be read: {error}.", "Install article-assistant again."
        ) from error
    return Adapter(factors, tensors)
