"""How right answers are: SQuAD's official measures, and what abstention and calibration are worth (pure)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docqa.answers import normalize
from docqa.pairs.pair import Pair

RIGHT = 0.5
"""The F1 from which an answer counts as right wherever right or wrong is asked: a person would accept it."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What came of one question: the best answer, whatever its probability.

    `text` is "" where there was no span at all. `score` is above the null of its window, `z` the window's retrieval
    score (0 where nothing was retrieved). `start` is an offset into the pair's context or the document that was
    asked, -1 where there is no answer. `found` is the rank, from 1, of the first retrieved window that has an
    accepted answer in it; 0 where none has, None where there was no retrieval or there is nothing to find. `read` is
    how many windows were read, the best-ranked ones. `failure` says why the question could not be asked.
    """

    id: str
    text: str
    probability: float
    score: float
    z: float = 0.0
    start: int = -1
    seconds: float = 0.0
    found: int | None = None
    read: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """EM and F1, in percent, of some questions."""

    exact: float
    f1: float
    total: int


@dataclass(frozen=True, slots=True)
class Scores:
    """EM and F1, in percent, as the official scripts give them: v1.1's where every question has an answer, else v2.0's.

    `has_answer` and `no_answer` are None where there are no such questions.
    """

    exact: float
    f1: float
    total: int
    has_answer: Part | None
    no_answer: Part | None


def scores(predictions: Sequence[Predicted], pairs: Sequence[Pair], threshold: float = 0.0) -> Scores:
    """Score `predictions[i]` as the answer to `pairs[i]`; one whose probability is below `threshold` is no answer.

    With the default every best answer counts, and a question that has no answer is always wrong.
    """
    each = [
        (bool(pair.answers), *one)
        for pair, one in zip(pairs, exact_and_f1(shown(predictions, threshold), pairs), strict=True)
    ]
    whole = _part([(exact, overlap) for _, exact, overlap in each]) or Part(0.0, 0.0, 0)
    return Scores(
        whole.exact,
        whole.f1,
        whole.total,
        _part([(exact, overlap) for answerable, exact, overlap in each if answerable]),
        _part([(exact, overlap) for answerable, exact, overlap in each if not answerable]),
    )


def shown(predictions: Iterable[Predicted], threshold: float) -> list[str]:
    """The texts of the predictions: "" where the probability is below `threshold`."""
    return [prediction.text if prediction.probability >= threshold else "" for prediction in predictions]


def exact_and_f1(texts: Sequence[str], pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """EM and F1, 0 to 1, of each text as the answer to its pair, by the official script that the pairs call for.

    The two scripts part over accepted answers of which normalisation leaves nothing ("the", "%"): v2.0's leaves them
    out and takes a question without any other as one without an answer; to v1.1's they can be matched, with an F1 of
    0. Rajpurkar et al. 2016, section 6.1, and 2018, section 4.
    """
    second = any(not pair.answers for pair in pairs)
    each = []
    for text, pair in zip(texts, pairs, strict=True):
        accepted = [gold.text for gold in pair.answers if not second or normalize(gold.text)]
        overlap = f1(text, accepted)
        each.append((exact_match(text, accepted), overlap if second or normalize(text) else 0.0))
    return each


def exact_match(prediction: str, accepted: Sequence[str]) -> float:
    """1 if the prediction equals an accepted answer after normalisation, else 0. Rajpurkar et al. 2016, section 6.1.

    No accepted answer means that the question has none: then only an empty prediction is right.
    """
    return max(float(normalize(prediction) == normalize(answer)) for answer in accepted or [""])


def f1(prediction: str, accepted: Sequence[str]) -> float:
    """The best word overlap with an accepted answer, 0 to 1. Rajpurkar et al. 2016, section 6.1."""
    return max(_f1(normalize(prediction).split(), normalize(answer).split()) for answer in accepted or [""])


def _f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * common / (len(predicted) + len(gold))


def _part(each: Sequence[tuple[float, float]]) -> Part | None:
    if not each:
        return None
    return Part(
        100 * sum(exact for exact, _ in each) / len(each),
        100 * sum(overlap for _, overlap in each) / len(each),
        len(each),
    )
