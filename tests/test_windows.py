"""Tokens keep their offsets, and windows cover them without splitting a word."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docqa import paths
from docqa.documents import Document, Source, parse
from docqa.errors import DocqaError
from docqa.models import loading
from docqa.progress import Cancelled, Monitor
from docqa.windows import Tokens, split_windows, tokenize, window_size

TOKENIZER = loading.load_tokenizer(paths.bundled_models_dir() / "reader")

WORDS = st.sampled_from(
    [
        "the",
        "naïve",
        "cafe\u0301",
        "ﬁnance",
        "日本語の文章",
        "👩‍👩‍👧",
        "e\u0301tude",
        "2,148.50",
        "don’t",
        "İzmir",
        "𝒳",
        "עברית",
    ]
)
TEXTS = st.lists(
    st.one_of(WORDS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)), min_size=1
).map(" ".join)


def document_of(text: str) -> Document:
    return parse(Source("a.txt", text.encode()))


@given(TEXTS.filter(lambda text: text.strip()))
@settings(deadline=None, max_examples=150)
def test_tokens_are_in_order_and_inside_the_text(text: str) -> None:
    document = document_of(text)
    tokens = tokenize(document, TOKENIZER, Monitor())
    assert np.all(tokens.starts <= tokens.ends)
    assert np.all(tokens.starts[1:] >= tokens.starts[:-1])
    assert len(tokens) == 0 or tokens.ends[-1] <= len(document.text)


def test_accents_ligatures_and_emoji_stay_with_their_word() -> None:
    text = "cafe\u0301 ﬁn 👩‍👩‍👧 日本"
    tokens = tokenize(document_of(text), TOKENIZER, Monitor())
    words = [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert words[0] == "cafe\u0301"
    assert "👩‍👩‍👧" in words
    assert words[-2:] == ["日", "本"]


def test_a_notes_mark_is_in_no_token_and_an_exponent_is_in_its_numbers() -> None:
    text = "420³ people use 3.2 × 10⁶ litres in Tarn¹ Mere"
    tokens = tokenize(document_of(text), TOKENIZER, Monitor())
    words = [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert words[:2] == ["420", "people"]
    assert "10⁶" in words
    assert not any("¹" in word or "³" in word for word in words)


def test_numbers_and_contractions_are_words() -> None:
    text = "She counted 2,148.50 birds, didn't she?"
    tokens = tokenize(document_of(text), TOKENIZER, Monitor())
    starts = [text[a:] for a, word in zip(tokens.starts, tokens.words, strict=True) if word]
    assert [start.split(" ")[0] for start in starts] == [
        "She",
        "counted",
        "2,148.50",
        "birds,",
        ",",
        "didn't",
        "she?",
        "?",
    ]


def test_what_goes_on_after_an_apostrophe_is_the_same_word() -> None:
    text = "rock'n'roll 日本'語 9:30:15"
    tokens = tokenize(document_of(text), TOKENIZER, Monitor())
    starts = [text[a] for a, word in zip(tokens.starts, tokens.words, strict=True) if word]
    assert starts == ["r", "日", "本", "9"]


UNBROKEN = {
    "letters": "ACGT", "digits": "1", "numbers": "1.5,", "Han": "漢字", "Thai": "ภาษาไทย", "kana": "ひらがな",
    "dots": ".", "quotes": "'", "contractions": "a'", "brackets": "[", "dashes": "-", "newlines": "\n",
    "accents": "e\u0301", "emoji": "👩‍👩‍👧", "addresses": "a.b@", "stars": "*a ", "links": "[a](",
    "tags": "<a href='", "comments": "<!-- ", "columns": "a\t", "bars": "a | ", "notes": "^[a", "backticks": "`",
    "entities": "&amp", "spaces": "a" + " " * 999,
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("pattern", UNBROKEN)
def test_no_text_takes_quadratic_time_or_blocks_other_threads(pattern: str, name: str) -> None:
    """60,000 characters of one pattern took half a minute, in which the app stood still."""
    repeated = UNBROKEN[pattern]
    text = f"The keeper is Anna.\n\n{repeated * (60_000 // len(repeated))}\n\nEnd."
    done, stalls = threading.Event(), [0.0]

    def beat() -> None:
        last = time.perf_counter()
        while not done.wait(0.01):
            now = time.perf_counter()
            stalls.append(now - last)
            last = now

    beating = threading.Thread(target=beat)
    beating.start()
    begin = time.perf_counter()
    try:
        tokenize(parse(Source(name, text.encode())), TOKENIZER, Monitor())
    finally:
        done.set()
        beating.join()
    assert time.perf_counter() - begin < 8
    assert max(stalls) < 2


def test_long_texts_are_tokenized_in_pieces_that_change_nothing() -> None:
    text = "\n\n".join(f"Paragraph {i} says that word{i % 97} is number {i * 7}." for i in range(2_000))
    tokens = tokenize(document_of(text), TOKENIZER, Monitor())
    whole = TOKENIZER.encode(text, add_special_tokens=False)
    assert tokens.ids.tolist() == whole.ids
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == whole.offsets


def test_tokenizing_can_be_cancelled() -> None:
    monitor = Monitor()
    monitor.cancel.set()
    with pytest.raises(Cancelled):
        tokenize(document_of("some words"), TOKENIZER, monitor)


def tokens_of(spaced: list[bool], words: list[bool]) -> Tokens:
    """Return tokens of one character each; `spaced[i]` puts a space before token i."""
    starts = np.cumsum([1 + space for space in spaced])
    count = len(spaced)
    zeros = np.zeros(count, dtype=np.int32)
    return Tokens(zeros, starts, starts + 1, np.array(words) | np.array(spaced), zeros)


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=300),
    st.integers(min_value=4, max_value=40),
    st.data(),
)
@settings(deadline=None)
def test_windows_cover_every_token_and_fit(marks: list[tuple[bool, bool]], size: int, data: st.DataObject) -> None:
    stride = data.draw(st.integers(min_value=0, max_value=size // 2))
    tokens = tokens_of([space for space, _ in marks], [word for _, word in marks])
    bounds = split_windows(tokens, size, stride)
    assert bounds[0][0] == 0
    assert bounds[-1][1] == len(tokens)
    assert np.all(bounds[:, 1] - bounds[:, 0] <= size)
    assert np.all(bounds[:, 1] > bounds[:, 0])
    assert np.all(bounds[1:, 0] > bounds[:-1, 0])
    assert np.all(bounds[1:, 0] <= bounds[:-1, 1])


def test_windows_break_between_words() -> None:
    text = " ".join(f"extraordinarily{i}" for i in range(400))
    document = document_of(text)
    tokens = tokenize(document, TOKENIZER, Monitor())
    for first, last in split_windows(tokens, 50, 10):
        window = text[tokens.starts[first] : tokens.ends[last - 1]]
        assert all(word in text.split() for word in window.split())


@pytest.mark.parametrize(
    ("length", "stride", "limit", "message"),
    [
        (600, 64, 512, "takes at most 512"),
        (50, 0, 512, "leaves 10 tokens"),
        (384, 200, 512, "can overlap by 0 to 172"),
        (384, -1, 512, "can overlap by 0 to 172"),
    ],
)
def test_settings_that_do_not_fit_are_told(length: int, stride: int, limit: int, message: str) -> None:
    with pytest.raises(DocqaError, match=message) as failure:
        window_size(length, stride, limit)
    assert failure.value.hint
