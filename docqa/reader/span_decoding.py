"""From start and end logits to the best answer spans of a window."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from docqa.windows import Window

_NEARLY = 1.0  # Logits that a wider edge may score less.
_WIDER = 12  # Tokens by which it may be wider.


class Span(NamedTuple):
    """A span of tokens, `first` to `last` inclusive, in the window with index `window` of the batch.

    `score` is its logit sum less that of the null, "the answer is not in this window". `firsts` and `lasts` are tokens
    before and after it at which it could begin and end nearly as well, the outermost first.
    """

    window: int
    first: int
    last: int
    score: float
    firsts: tuple[int, ...] = ()
    lasts: tuple[int, ...] = ()


def best_spans(
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    window: Window,
    max_length: int,
    count: int,
    *,
    length_penalty: float = 0.0,
) -> list[tuple[int, int, float]]:
    """The `count` best non-overlapping spans (first, last, score), best first.

    Logits have the shape (tokens,). A span consists of whole words of one block, is at most `max_length` tokens long,
    and scores start logit + end logit - `length_penalty` for each token after its first.
    """
    start, end = np.where(window.words, starts, -np.inf), np.where(window.word_ends, ends, -np.inf)
    scores = span_scores(start, end, max_length, length_penalty)
    width = scores.shape[1]
    block = np.append(window.blocks, np.full(width - 1, -1, dtype=np.int32))
    scores[sliding_window_view(block, width) != window.blocks[:, None]] = -np.inf
    spans = []
    for _ in range(count):
        first, length = np.unravel_index(int(np.argmax(scores)), scores.shape)
        score = float(scores[first, length])
        if score == -np.inf:
            break
        last = int(first + length)
        spans.append((int(first), last, score))
        scores[first : last + 1] = -np.inf
        for before in range(max(0, int(first) - width + 1), int(first)):
            scores[before, first - before :] = -np.inf
    return spans


def wider_edges(
    starts: NDArray[np.float32], ends: NDArray[np.float32], window: Window, first: int, last: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`Span.firsts` and `Span.lasts` of the span from `first` to `last`. Logits have the shape (tokens,)."""
    before, after = np.arange(max(0, first - _WIDER), first), np.arange(last + 1, min(len(ends), last + 1 + _WIDER))
    begins = window.words[before] & (starts[before] >= starts[first] - _NEARLY)
    finishes = window.word_ends[after] & (ends[after] >= ends[last] - _NEARLY)
    inside = window.blocks == window.blocks[first]
    firsts, lasts = before[begins & inside[before]], after[finishes & inside[after]]
    return tuple(firsts.tolist()), tuple(lasts[::-1].tolist())


def span_scores(
    starts: NDArray[np.floating], ends: NDArray[np.floating], max_length: int, length_penalty: float
) -> NDArray[np.float64]:
    """The scores of all spans of up to `max_length` tokens: [i, d] is that of tokens i to i + d.

    Start logit + end logit, each of shape (tokens,), less `length_penalty` for each token after the first; minus
    infinity where the span would end after the last token. The result has the shape (tokens, min(max_length, tokens)).
    """
    width = min(max_length, len(starts))
    end = np.append(ends, np.full(width - 1, -np.inf))
    cost = np.float32(length_penalty) * np.arange(width, dtype=np.float32)
    scores: NDArray[np.float64] = starts[:, None] + sliding_window_view(end, width) - cost
    return scores
