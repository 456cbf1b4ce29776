"""What of a question names a document: "the GitHub agreement" is looked for in that agreement (pure).

Most windows of a document don't say whose it is, and of ten contracts they all say nearly the same. The file's name,
the title and the opening do.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_IN_OPENING, _IN_NAME = 0.2, 0.3  # Chosen on 25 documents; half or twice as much does nearly as well.
_MARKS = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\b(?=\d\b)")
_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def name_words(path: str, title: str | None) -> str:
    """The words of a document's path and title, those of "LeaseHarbour2024.pdf" also apart."""
    plain = asked_words(f"{path.rpartition('.')[0] or path} {title or ''}")
    return f"{plain} {asked_words(_PARTS.sub(' ', plain))}"


def asked_words(question: str) -> str:
    """The words of a question as they are compared with names: "lease_2.pdf" is three words, and 2 the same as 02."""
    return _DIGIT.sub("0", _MARKS.sub(" ", question))


class DocumentNames:
    """Scores documents by how well their names, titles and openings match a question.

    A word adds its inverse document frequency, which is nothing if every document has it there: so the name of a
    folder, or a form that all contracts share, says nothing, and a document that is alone has no score.
    """

    def __init__(self, documents: Sequence[tuple[Iterable[str], Iterable[str]]]) -> None:
        """For each document the stems of its name and title, and those of its opening."""
        self._count = len(documents)
        self._in_name: dict[str, list[int]] = {}
        self._in_any: dict[str, list[int]] = {}
        for number, (name, opening) in enumerate(documents):
            named = frozenset(name)
            for found, stems in ((self._in_name, named), (self._in_any, named.union(opening))):
                for stem in stems:
                    found.setdefault(stem, []).append(number)

    def scores(self, stems: Iterable[str]) -> NDArray[np.float32]:
        """Scores of shape (documents,) for the stems of a question, 0 or more, in units of BM25's idf."""
        scores = np.zeros(self._count, dtype=np.float32)
        for stem in stems:
            for found, weight in ((self._in_any, _IN_OPENING), (self._in_name, _IN_NAME)):
                documents = found.get(stem, [])
                scores[documents] += weight * np.log((self._count + 0.5) / (len(documents) + 0.5))
        return scores
