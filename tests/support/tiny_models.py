"""Models small enough to make in a test: random weights, real formats."""

import json
from pathlib import Path

from docqa.models import loading  # first: it makes the libraries below work offline

_UNKNOWN = "[UNK]"
_SPECIAL = ("[PAD]", _UNKNOWN, "[CLS]", "[SEP]", "[MASK]")


def words(text: str) -> list[str]:
    """The vocabulary of `text`: special tokens, every printable ASCII character, and the words themselves."""
    lowered = text.lower()
    characters = sorted({chr(code) for code in range(33, 127)} | {c for c in lowered if not c.isspace()})
    pieces = [*characters, *(f"##{c}" for c in characters)]
    whole = sorted({word for word in lowered.split() if len(word) > 1})
    return [*_SPECIAL, *pieces, *whole]


def make_tokenizer(folder: Path, text: str) -> int:
    """Write an uncased WordPiece `tokenizer.json` for `text`; return the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece

    vocabulary = {word: number for number, word in enumerate(words(text))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    tokenizer.add_special_tokens(list(_SPECIAL))
    # Many published models enable these; docqa must disable both.
    tokenizer.enable_truncation(max_length=16)
    tokenizer.enable_padding(length=16)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(vocabulary)


def make_reader(folder: Path, text: str, seed: int = 0) -> Path:
    """Write a DistilBERT reader of 2 layers × 32 with random weights, determined by the seed and text."""
    import torch
    from transformers import DistilBertConfig, DistilBertForQuestionAnswering

    vocabulary = make_tokenizer(folder, text)
    config = DistilBertConfig(
        vocab_size=vocabulary, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=512
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = DistilBertForQuestionAnswering(config)
    with loading.quietly():
        model.save_pretrained(folder)
    return folder


def make_encoder(folder: Path, text: str, seed: int = 0) -> Path:
    """Write a static sentence-transformers encoder of 16 dimensions with random vectors."""
    import numpy as np
    from safetensors.numpy import save_file

    vocabulary = make_tokenizer(folder, text)
    vectors = np.random.default_rng(seed).standard_normal((vocabulary, 16), dtype=np.float32)
    save_file({"embedding.weight": vectors}, folder / "model.safetensors")
    module = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "", "type": module}]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return folder
