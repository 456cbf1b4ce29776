"""A static encoder: a table of token vectors; the vector of a text is the mean of its tokens' vectors.

The same as sentence-transformers' `StaticEmbedding`, but importing that library, and torch with it, takes far longer
than embedding a whole document.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODULE = ".StaticEmbedding"
_WEIGHTS = "embedding.weight"


def is_static(folder: Path) -> bool:
    """Whether the encoder in `folder` consists of such a table alone.

    Returns False for a damaged folder: sentence-transformers reports what is wrong with it.
    """
    from safetensors import SafetensorError, safe_open

    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        if [module["path"] for module in modules] != [""] or not modules[0]["type"].endswith(_MODULE):
            return False
        with safe_open(folder / "model.safetensors", framework="np") as weights:
            table = weights.get_slice(_WEIGHTS)
            return len(table.get_shape()) == 2 and table.get_dtype() in {"F32", "F16"}
    except (OSError, ValueError, TypeError, LookupError, SafetensorError):
        return False


class StaticEncoder:
    """The encoder, with those methods of SentenceTransformer that docqa uses."""

    max_seq_length = math.inf

    def __init__(self, folder: Path, tokenizer: "Tokenizer") -> None:
        """Load the table of a folder that passes `is_static`."""
        from safetensors.numpy import load_file

        self.tokenizer = tokenizer
        self._table = load_file(folder / "model.safetensors")[_WEIGHTS]

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str], **_: object) -> NDArray[np.float32]:
        """Mean vectors, of shape (texts, dimensions); zeros for a text without tokens."""
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        vectors = np.zeros((len(texts), self.get_embedding_dimension()), dtype=np.float32)
        for row, encoding in enumerate(encodings):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].mean(axis=0, dtype=np.float32)
        return vectors
