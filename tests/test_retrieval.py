"""Every retriever finds the right window, and long windows are never truncated silently."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from docqa import paths
from docqa.models.registry import Model, ModelKind, find
from docqa.progress import Monitor
from docqa.retrieval.bm25 import BM25Retriever, terms
from docqa.retrieval.dense import DenseRetriever, Encoder
from docqa.retrieval.hybrid import HybridRetriever
from docqa.retrieval.retriever import standardize

TEXTS = [
    "The keeper lit the lamp at dusk.",
    "Dredgers worked in the basin through January.",
    "Seals were counted on the sandbank in August.",
]


def test_bm25_finds_a_word_in_another_form() -> None:
    scores = BM25Retriever([terms(TEXTS)]).scores("How many seals did the count show?")
    assert int(np.argmax(scores)) == 2
    assert scores[1] == 0


def test_bm25_scores_are_the_same_in_every_process() -> None:
    """Python hashes strings differently in each process, and bm25s numbers words in the order of a set."""
    words = " ".join(f"word{number} " * (number % 5 + 1) for number in range(40))
    script = (
        "from docqa.retrieval.bm25 import BM25Retriever, terms\n"
        f"texts = [{words!r}[start:] for start in range(0, 400, 20)]\n"
        f"print(BM25Retriever([terms(texts)]).scores({words!r}).tobytes().hex())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "1234"
    }
    assert len(printed) == 1


def test_documents_are_one_collection() -> None:
    apart = BM25Retriever([terms(TEXTS[:1]), terms(TEXTS[1:])]).scores("dredging in the basin")
    together = BM25Retriever([terms(TEXTS)]).scores("dredging in the basin")
    assert apart == pytest.approx(together)


@pytest.mark.parametrize("question", ["", "the of and", "zzzz qqqq"])
def test_a_question_without_a_known_word_scores_nothing(question: str) -> None:
    assert BM25Retriever([terms(TEXTS)]).scores(question).tolist() == [0, 0, 0]
    assert BM25Retriever([terms(["", "   "])]).scores(question or "lamp").tolist() == [0, 0]


def test_dense_and_fused_agree_on_a_plain_question() -> None:
    encoder = Encoder(Model("bundled", ModelKind.ENCODER, paths.bundled_models_dir() / "retriever", "bundled"))
    dense = DenseRetriever(encoder, encoder.embed(TEXTS, Monitor()))
    lexical = BM25Retriever([terms(TEXTS)])
    question = "In which month was the dredging?"
    assert int(np.argmax(dense.scores(question))) == 1
    assert int(np.argmax(HybridRetriever([(lexical, 1.0), (dense, encoder.weight)]).scores(question))) == 1


def test_vectors_are_unit_vectors(tiny_encoder: Path) -> None:
    encoder = Encoder(find(str(tiny_encoder), ModelKind.ENCODER))
    assert np.linalg.norm(encoder.embed(TEXTS, Monitor()), axis=1) == pytest.approx([1, 1, 1])
    assert encoder.embed([], Monitor()).shape == (0, 16)


def test_an_encoder_with_a_short_limit_embeds_the_whole_text(tmp_path: Path, tiny_reader: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    transformer = Transformer(str(tiny_reader), max_seq_length=12)
    model = SentenceTransformer(modules=[transformer, Pooling(transformer.get_embedding_dimension())], device="cpu")
    folder = tmp_path / "short"
    model.save_pretrained(str(folder))
    encoder = Encoder(find(str(folder), ModelKind.ENCODER))
    head = "the lighthouse at skagen was built in 1858 its keeper "
    one, other = encoder.embed([head * 3 + "anna holm", head * 3 + "ships storms"], Monitor())
    assert not np.allclose(one, other, atol=1e-4)


@given(npst.arrays(np.float32, st.integers(1, 30), elements=st.floats(-100, 100, width=32)))
def test_standardized_scores_have_no_unit(scores: np.ndarray) -> None:
    z = standardize(scores)
    assert abs(float(z.mean())) < 1e-3
    assert float(z.std()) == pytest.approx(1, abs=1e-2) or not z.any()
    assert standardize(np.array([], dtype=np.float32)).shape == (0,)
