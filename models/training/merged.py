"""The default model with an adapter that is merged into its weights whenever it is read with.

That costs less than the adapter's own small products would, where rows are long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (its customary name)
from adapters import NAMES, SCALE, TRAINED
from rows import Row, block_mask
from torch.nn.attention.flex_attention import BlockMask, flex_attention


def normalised(x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    scaled = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight
    return scaled.to(torch.bfloat16)


def turned(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Rotary positions (Su et al. 2021), in halves as the training framework has them."""
    first, second = x.chunk(2, -1)
    halves = (first * cosine - second * sine, second * cosine + first * sine)
    return torch.cat(halves, -1).to(torch.bfloat16)


def layer(
    x: torch.Tensor,
    weights: Sequence[torch.Tensor],
    norms: tuple[torch.Tensor, torch.Tensor],
    rotary: tuple[torch.Tensor, torch.Tensor],
    mask: BlockMask,
    config: Any,
    dropout: float,
) -> torch.Tensor:
    """A layer of the model over a row: (1, n, width) to (1, n, width)."""
    query, key, value, output, gate, up, down = weights
    eps, heads, groups = config.rms_norm_eps, config.num_attention_heads, config.num_key_value_heads
    read_ = normalised(x, norms[0], eps)
    n = x.shape[1]
    asked = turned(F.linear(read_, query).view(1, n, heads, -1).transpose(1, 2), *rotary)
    keys = turned(F.linear(read_, key).view(1, n, groups, -1).transpose(1, 2), *rotary)
    values = F.linear(read_, value).view(1, n, groups, -1).transpose(1, 2)
    keys, values = (v.repeat_interleave(heads // groups, 1) for v in (keys, values))
    seen = flex_attention(asked, keys, values, block_mask=mask).transpose(1, 2).reshape(1, n, -1)
    x = x + F.dropout(F.linear(seen, output), dropout)
    read_ = normalised(x, norms[1], eps)
    thought = F.linear(F.silu(F.linear(read_, gate)) * F.linear(read_, up), down)
    return x + F.dropout(thought, dropout)


def losses_of(logits: torch.Tensor, row: Row) -> torch.Tensor:
    """The loss of each token of a row's answers, from what the model would write there."""
    return F.cross_entropy(logits, row.tokens[0, row.places], reduction="none")


class Reader:
    """The default model with an adapter that is merged anew whenever it is read with.

    Args:
        model: the model without an adapter.
        adapter: the adapter by the framework's names.
        device: where both are.
        compiled: whether a layer is compiled first, which a GPU needs.
    """

    def __init__(
        self, model: Any, adapter: dict[str, torch.Tensor], device: str, compiled: bool = True
    ) -> None:
        self._model = model.to(device)
        self._config = self._model.config
        self._layer = torch.compile(layer, dynamic=False) if compiled else layer
        count = self._config.num_hidden_layers
        self.factors = {
            (module, factor): torch.stack(
                [adapter[TRAINED.format(i, module, factor)].float() for i in range(count)]
            )
            .to(device)
            .requires_grad_(True)
            for module in NAMES
            for factor in "AB"
        }
        layers = self._model.model.layers
        self._bases = {
            module: torch.stack([_inner(each, module).weight for each in layers]).float()
            for module in NAMES
        }

    def adapter(self) -> dict[str, torch.Tensor]:
        """The adapter by the framework's names."""
        return {
            TRAINED.format(i, module, factor): weight.detach().cpu().clone()
            for (module, factor), weights in self.factors.items()
            for i, weight in enumerate(weights)
        }

    def losses(self, row: Row, dropout: float = 0.0) -> torch.Tensor:
        """The loss of each token of the answers."""
        return losses_of(self.logits(row, dropout), row)

    def logits(self, row: Row, dropout: float = 0.0) -> torch.Tensor:
        """What the model would write in the place of each token of the answers: (places,
        vocabulary)."""
        inner = self._model.model
        merged = [
            (self._bases[m] + SCALE * self.factors[m, "B"] @ self.factors[m, "A"])
            .to(torch.bfloat16)
            .unbind(0)
            for m in NAMES
        ]
        x = inner.embed_tokens(row.tokens).float()
        # Else the first layer would be compiled apart from the others.
        x.requires_grad_(x.is_cuda)
        rotary = tuple(part[:, None, :, : part.shape[-1] // 2] for part in self._rotary(x, row))
        mask = block_mask(row)
        for each, weights in zip(inner.layers, zip(*merged, strict=True), strict=True):
            norms = (each.input_layernorm.weight, each.post_attention_layernorm.weight)
            x = self._layer(x, weights, norms, rotary, mask, self._config, dropout)
        x = normalised(x[0, row.places - 1], inner.norm.weight, self._config.rms_norm_eps)
        return F.linear(x, inner.embed_tokens.weight.to(x.dtype)).float()

    def _rotary(self, x: torch.Tensor, row: Row) -> tuple[torch.Tensor, torch.Tensor]:
        rotary: tuple[torch.Tensor, torch.Tensor] = self._model.model.rotary_emb(x, row.positions)
        return rotary


def _inner(each: Any, module: str) -> Any:
    for name in module.split("."):
        each = getattr(each, name)
    return each
