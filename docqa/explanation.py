"""What spoke for and against an answer: in words, in short and as JSON (pure).

The numbers, in logits, add up to the answer's probability.
"""

from collections.abc import Callable
from typing import Any

from docqa.ranking import NO_SUPPORT, Evidence
from docqa.wording import counted, percent

USUAL = "as for any candidate"
"""What the bias is called: the logit of a candidate of which all features are usual."""


def _lead(value: float, logits: float) -> str:
    """Most candidates are far below: to be a little below speaks for one."""
    only = "only " if (logits > 0 > value) or (logits < 0 <= value) else ""
    return f"its score is {only}{abs(value):.1f} {'above' if value >= 0 else 'below'} that of the best rival"


def _support(value: float, _: float) -> str:
    return "no other place says the same" if value <= NO_SUPPORT else f"another place says the same, score {value:.1f}"


def _missing(value: float, _: float) -> str:
    found = "no name or number of the question is" if not value else f"{counted(round(value), 'name')} or number"
    return f"{found} missing around it"


def _kind(value: float, _: float) -> str:
    if value == 0:
        return "nothing speaks against its kind, or for it"
    return f"it is {'of' if value > 0 else 'not of'} the kind that is asked for"


_WORDS: dict[str, Callable[[float, float], str]] = {
    "score": lambda value, _: f"the reader's score is {value:.1f}",
    "lead": _lead,
    "support": _support,
    "rank": lambda value, _: f"its passage is number {2**value:.0f} of those found",
    "near": lambda value, _: f"{value:.0%} of the question's words are around it",
    "missing": _missing,
    "kind": _kind,
    "length": lambda value, _: f"it has {counted(round(2**value - 1), 'word')}",
}
"""What the value of each of `docqa.candidate_features.FEATURES` means, given its contribution in logits."""


def lines(evidence: Evidence) -> list[str]:
    """One line for the bias, one for each contribution, the largest first, and one for their sum."""
    reasons = [(logits, _WORDS[name](value, logits)) for name, value, logits in evidence.reasons()]
    total = f"{evidence.logit:+.2f}  logits in all: {percent(evidence.probability)}"
    return [f"{evidence.bias:+.2f}  {USUAL}", *(f"{logits:+.2f}  {text}" for logits, text in reasons), total]


def short(evidence: Evidence, width: int) -> str:
    """As many of the largest contributions as fit into `width` characters, by name, with the sum of the others."""
    reasons = evidence.reasons()
    for count in range(len(reasons), 0, -1):
        shown = [f"{logits:+.1f} {name}" for name, _, logits in reasons[:count]]
        rest = evidence.logit - sum(logits for _, _, logits in reasons[:count])
        line = f"{' '.join(shown)} {rest:+.1f} others"
        if len(line) <= width:
            return line
    return ""


def as_dict(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON: 1 / (1 + exp(-(bias + the sum of all `logits`))) is the probability."""
    reasons = [{"feature": name, "value": value, "logits": logits} for name, value, logits in evidence.reasons()]
    return {"bias": evidence.bias, "reasons": reasons}
