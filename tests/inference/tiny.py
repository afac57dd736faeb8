"""A language model of a few thousand weights, written where a test needs one in a moment.

It is a real GGUF file and runs in llama.cpp; what it writes is nonsense, but always the same.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

_WIDTH = 64
_HEADS = 2
_LAYERS = 2
_CONTEXT = 512


def write_tiny_model(
    path: Path,
    template: str | None = CHATML,
    marks: gguf.TokenType = gguf.TokenType.CONTROL,
    weights: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> Path:
    """Writes the model.

    Args:
        path: the file.
        template: its chat template, None for none.
        marks: how ``<|im_start|>`` and ``<|im_end|>`` are declared.
        weights: the type of its matrices.
    """
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_WIDTH)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    size = _add_vocabulary(writer, marks)
    if template is not None:
        writer.add_chat_template(template)
    _add_weights(writer, size, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter, marks: gguf.TokenType) -> int:
    tokens = ["<|end|>", "<|im_start|>", "<|im_end|>", *_byte_letters(), "he", "Ġt", "Ġthe"]
    kinds = [gguf.TokenType.CONTROL, marks, marks] + [gguf.TokenType.NORMAL] * (len(tokens) - 3)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["h e", "Ġ t", "Ġt he"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_vocab_size(len(tokens))
    return len(tokens)


def _add_weights(writer: gguf.GGUFWriter, size: int, kind: gguf.GGMLQuantizationType) -> None:
    chance = np.random.default_rng(7)

    def matrix(name: str, rows: int, columns: int) -> None:
        values = chance.normal(0.0, 0.3, (rows, columns)).astype(np.float32)
        writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)

    matrix("token_embd.weight", size, _WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, np.float32))
    for layer in range(_LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(_WIDTH, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
            matrix(f"blk.{layer}.{part}.weight", _WIDTH, _WIDTH)


def _byte_letters() -> list[str]:
    """The letters that stand for the 256 bytes in the vocabulary of GPT-2 and its heirs."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]
