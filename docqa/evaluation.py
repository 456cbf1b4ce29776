"""How right answers are: SQuAD's official measures (pure)."""

from collections import Counter
from collections.abc import Sequence

from docqa.answers import normalize


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
