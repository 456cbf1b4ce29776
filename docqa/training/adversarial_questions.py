"""Adversarial questions: changed by one word, so that their passage no longer answers them.

The unanswerable questions of SQuAD 2.0 look answerable, but a name, a number or a word differs from the passage
(Rajpurkar, Jia & Liang 2018, table 1: entity swaps and antonyms are two fifths of them). Random negative windows do not
teach a reader to notice that.
"""

import random
import re
from collections.abc import Sequence

# The first word of a sentence is always capitalized: only a capital after a lower-case letter is a name.
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*[a-z](?: (?:of )?[A-Z][\w-]*)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_ANTONYM_PAIRS = (
    ("first", "last"),
    ("most", "least"),
    ("more", "less"),
    ("before", "after"),
    ("highest", "lowest"),
    ("higher", "lower"),
    ("largest", "smallest"),
    ("larger", "smaller"),
    ("oldest", "newest"),
    ("older", "younger"),
    ("longest", "shortest"),
    ("best", "worst"),
    ("early", "late"),
    ("earliest", "latest"),
    ("north", "south"),
    ("northern", "southern"),
    ("east", "west"),
    ("eastern", "western"),
    ("increase", "decrease"),
    ("increased", "decreased"),
    ("rise", "fall"),
    ("begin", "end"),
    ("began", "ended"),
    ("start", "stop"),
    ("started", "stopped"),
    ("founded", "abolished"),
    ("built", "demolished"),
    ("won", "lost"),
    ("win", "lose"),
    ("supported", "opposed"),
    ("accepted", "rejected"),
    ("allowed", "forbidden"),
    ("male", "female"),
    ("husband", "wife"),
    ("father", "mother"),
    ("king", "queen"),
    ("man", "woman"),
    ("born", "buried"),
    ("liked", "disliked"),
    ("good", "bad"),
    ("happy", "sad"),
    ("buy", "sell"),
    ("bought", "sold"),
    ("left", "right"),
    ("inside", "outside"),
    ("public", "private"),
    ("major", "minor"),
    ("always", "never"),
)
_ANTONYMS = dict(_ANTONYM_PAIRS) | {b: a for a, b in _ANTONYM_PAIRS}
_ANTONYM = re.compile(rf"\b(?:{'|'.join(sorted(_ANTONYMS, key=len, reverse=True))})\b", re.IGNORECASE)


def adversarial_question(
    question: str, context: str, answers: Sequence[str], other_context: str, rng: random.Random
) -> str | None:
    """Return the question with one name, number or word replaced, or None if there is nothing to replace.

    A new name or number comes from the question's context or, equally often, from `other_context`. It never occurs in
    the question or in an answer.
    """
    excluded = " ".join([question, *answers]).casefold()
    replacements: list[tuple[re.Match[str], str]] = []
    for pattern in (_NAME, _NUMBER):
        matches = list(pattern.finditer(question))
        for text in rng.sample((context, other_context), 2):
            candidates = [name for name in pattern.findall(text) if name.casefold() not in excluded]
            if matches and candidates:
                replacements.append((rng.choice(matches), rng.choice(candidates)))
                break
    words = list(_ANTONYM.finditer(question))
    if words:
        word = rng.choice(words)
        replacements.append((word, _ANTONYMS[word.group().lower()]))
    if not replacements:
        return None
    match, replacement = rng.choice(replacements)
    return question[: match.start()] + replacement + question[match.end() :]
