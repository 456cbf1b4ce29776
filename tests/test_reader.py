"""Spans from logits, and sequences within the model's limit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docqa.errors import DocqaError
from docqa.models.registry import ModelKind, find
from docqa.reader.devices import choose_device
from docqa.reader.reader import Reader
from docqa.reader.sequences import SequenceBuilder, pad
from docqa.reader.span_decoding import best_spans, wider_edges
from docqa.windows import Window

LOGITS = st.floats(min_value=-20, max_value=20, width=32)


def window(words: list[bool], blocks: list[int]) -> Window:
    return Window(np.zeros(len(words), dtype=np.int32), np.array(words), np.sort(np.array(blocks, dtype=np.int32)))


@given(
    st.lists(st.tuples(LOGITS, LOGITS, st.booleans(), st.integers(0, 3)), min_size=1, max_size=25),
    st.integers(min_value=1, max_value=8),
    st.floats(min_value=0, max_value=3, width=32),
)
@settings(deadline=None)
def test_the_first_span_is_the_best_of_all_that_are_allowed(
    tokens: list[tuple[float, float, bool, int]], longest: int, length_penalty: float
) -> None:
    starts = np.array([t[0] for t in tokens], dtype=np.float32)
    ends = np.array([t[1] for t in tokens], dtype=np.float32)
    given_window = window([t[2] for t in tokens], [t[3] for t in tokens])
    words, blocks, count = given_window.words, given_window.blocks, len(tokens)
    allowed = [
        float(starts[i]) + float(ends[j]) - np.float32(length_penalty) * np.float32(j - i)
        for i in range(count)
        for j in range(i, min(count, i + longest))
        if words[i] and (j + 1 == count or words[j + 1] or blocks[j + 1] != blocks[j]) and blocks[i] == blocks[j]
    ]
    found = best_spans(starts, ends, given_window, longest, 4, length_penalty=length_penalty)
    assert len(found) <= 4
    assert bool(found) == bool(allowed)
    if found:
        assert found[0][2] == pytest.approx(max(allowed), abs=1e-5)  # Added in another order, in float32.
    for number, (first, last, _) in enumerate(found):
        assert first <= last < first + longest
        assert all(last < a or first > b for a, b, _ in found[:number])
        firsts, lasts = wider_edges(starts, ends, given_window, first, last)
        assert list(firsts) == sorted(firsts) and list(lasts) == sorted(lasts, reverse=True)
        assert all(words[i] and blocks[i] == blocks[first] and starts[i] >= starts[first] - 1 for i in firsts)
        assert all(blocks[i] == blocks[first] and ends[i] >= ends[last] - 1 for i in lasts)
        assert all(i < first for i in firsts) and all(i > last for i in lasts)


@pytest.fixture(scope="module")
def reader(tiny_reader: Path) -> Reader:
    return Reader(find(str(tiny_reader), ModelKind.READER), "cpu")


def test_a_window_reads_the_same_alone_and_in_a_batch(reader: Reader) -> None:
    question = reader.question_ids("who kept the lighthouse?")
    windows = [
        Window(np.arange(5, 5 + size, dtype=np.int32), np.ones(size, dtype=bool), np.zeros(size, dtype=np.int32))
        for size in (60, 9, 31)
    ]
    together = reader.read(question, windows, n_best=3)
    for index, one in enumerate(windows):
        alone = reader.read(question, [one], n_best=3)
        batch = [span for span in together if span.window == index]
        assert [(s.first, s.last) for s in alone] == [(s.first, s.last) for s in batch]
        assert [s.score for s in alone] == pytest.approx([s.score for s in batch], abs=1e-3)


def test_pairs_of_different_questions_read_in_one_batch_as_alone(reader: Reader) -> None:
    def words(size: int) -> Window:
        ids = np.arange(size, dtype=np.int32) % 90 + 5
        return Window(ids, np.ones(size, dtype=bool), np.zeros(size, dtype=np.int32))

    pairs = [
        (reader.question_ids("who kept the lighthouse?"), words(60)),
        (reader.question_ids("when?"), words(9)),
        (reader.question_ids("the " * 250), words(400)),  # Split into parts.
    ]
    together = reader.read_pairs(pairs, n_best=3)
    for index, (question, one) in enumerate(pairs):
        alone = reader.read(question, [one], n_best=3)
        batch = [span for span in together if span.window == index]
        assert [(s.first, s.last) for s in alone] == [(s.first, s.last) for s in batch]
        assert [s.score for s in alone] == pytest.approx([s.score for s in batch], abs=1e-3)
    assert reader.read_pairs([]) == []


def test_a_long_question_leaves_every_token_of_the_window_to_be_read(reader: Reader) -> None:
    question = reader.question_ids("the " * 250)
    size = 400
    one = Window(np.arange(size, dtype=np.int32) % 90 + 5, np.ones(size, dtype=bool), np.zeros(size, dtype=np.int32))
    spans = reader.read(question, [one], n_best=40)
    assert all(0 <= span.first <= span.last < size for span in spans)
    assert max(span.last for span in spans) > 350


def test_a_question_that_is_empty_or_too_long_is_told(reader: Reader) -> None:
    with pytest.raises(DocqaError, match="the question is empty"):
        reader.question_ids("  ")
    with pytest.raises(DocqaError, match="300 tokens; this reader takes up to 256"):
        reader.question_ids("the " * 300)


def test_the_template_is_the_tokenizers_own(reader: Reader) -> None:
    encoded = reader.tokenizer.encode("who", "anna")
    asked, window = (reader.tokenizer.encode(one, add_special_tokens=False).ids for one in ("who", "anna"))
    batch = pad([reader.sequences.build(asked, window)], reader.limit)
    length = len(encoded.ids)
    assert batch.ids[0, :length].tolist() == encoded.ids
    assert batch.types[0, :length].tolist() == encoded.type_ids
    assert batch.mask.sum() == length
    assert reader.sequences.special_tokens == 3


def test_a_batch_is_padded_to_a_multiple_of_16_but_not_beyond_the_limit(reader: Reader) -> None:
    builder = SequenceBuilder(reader.tokenizer, 60)
    short, full = builder.build([5] * 4, [7] * 10), builder.build([5] * 4, [7] * builder.room(4))
    assert len(full.ids) == 60
    assert pad([short], builder.limit).ids.shape == (1, 32)
    assert pad([short, full], builder.limit).ids.shape == (2, 60)


def test_a_device_that_is_not_there_is_told() -> None:
    assert choose_device("cpu") == "cpu"
    with pytest.raises(DocqaError, match="no device 'tpu'") as failure:
        choose_device("tpu")
    assert "cpu" in failure.value.hint
