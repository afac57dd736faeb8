"""The packaged models, loaded once for all tests that need them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.inference.embedding import Embedder
from assistant.inference.llama import LlamaGenerator
from assistant.inference.models import load_embedder, load_generator
from tests.inference.tiny import write_tiny_model


@pytest.fixture(scope="session")
def smollm() -> Iterator[LlamaGenerator]:
    """The packaged language model as it came, prepared."""
    generator = load_generator("SmolLM2-135M-Instruct")
    assert isinstance(generator, LlamaGenerator)
    yield generator
    generator.close()


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The default embedding model."""
    return load_embedder()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a tiny model with the ChatML template."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf")
