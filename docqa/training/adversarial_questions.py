"""Questions altered so that their passage no longer answers them.

The unanswerable questions of SQuAD v2.0 look answerable: a name, a number or a word is another one than the passage's
(Rajpurkar, Jia & Liang 2018, table 1: entity swaps and antonyms are two fifths of them). Windows of elsewhere teach a
reader nothing of that kind; these do.
"""

import random
import re
from collections.abc import Sequence

# A sentence's first word has a capital whatever it is: a name is one only after a small letter.
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*[a-z](?: (?:of )?[A-Z][\w-]*)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_OPPOSITES = (
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
_OPPOSITE = dict(_OPPOSITES) | {b: a for a, b in _OPPOSITES}
_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_OPPOSITE, key=len, reverse=True))})\b", re.IGNORECASE)


def adversarial_question(
    question: str, context: str, answers: Sequence[str], elsewhere: str, chance: random.Random
) -> str | None:
    """The question with one name, number or word changed; None where there is nothing to change.

    A new name or number is taken from the question's own context or, as often, from `elsewhere`, another text: never
    one that the question or an answer holds.
    """
    taken = " ".join([question, *answers]).casefold()
    ways: list[tuple[re.Match[str], str]] = []
    for pattern in (_NAME, _NUMBER):
        found = list(pattern.finditer(question))
        for text in chance.sample((context, elsewhere), 2):
            others = [name for name in pattern.findall(text) if name.casefold() not in taken]
            if found and others:
                ways.append((chance.choice(found), chance.choice(others)))
                break
    words = list(_WORD.finditer(question))
    if words:
        word = chance.choice(words)
        ways.append((word, _OPPOSITE[word.group().lower()]))
    if not ways:
        return None
    match, other = chance.choice(ways)
    return question[: match.start()] + other + question[match.end() :]
