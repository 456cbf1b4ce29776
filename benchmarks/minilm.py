"""Worker for common practice: all-MiniLM-L6-v2 encodes every window, using sentence-transformers.

    python -m benchmarks.minilm TOKENIZER_FOLDER TEXTS_AS_JSON

Calls `encode(batch_size=32)` as in the library's documentation: 6 layers of 384, 12 heads, mean pooling, 256 tokens. To
avoid a download, the weights are random and the tokenizer is the bundled reader's, which has the same vocabulary; this
doesn't change the time.
"""

import json
import sys
import tempfile
from pathlib import Path

from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import AutoTokenizer, BertConfig, BertModel

from benchmarks.worker import Work, serve


def load() -> Work:
    """Build the encoder and read the texts."""
    texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    config = BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536, vocab_size=30522
    )
    with tempfile.TemporaryDirectory() as folder:
        BertModel(config).save_pretrained(folder)
        AutoTokenizer.from_pretrained(sys.argv[1]).save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=256)
        encoder = SentenceTransformer(modules=[transformer, Pooling(384)], device="cpu")

    def encode(_: object) -> int:
        return len(encoder.encode(texts, batch_size=32, show_progress_bar=False))

    return encode


if __name__ == "__main__":
    serve(load)
