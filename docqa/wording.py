"""Wording that the messages of all layers share."""

from collections.abc import Collection, Iterable
from pathlib import Path

from docqa.terminal_text import visible

_STAGES = {
    "reading pages": "reading the pages",
    "tokenizing": "preparing the text",
    "embedding": "preparing the search",
    "reading": "searching",
}
"""The engine's stages, without technical terms."""


def stage(name: str) -> str:
    """Name a stage of the engine's work for the user."""
    return _STAGES.get(name, visible(name))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 page", "24 pages", "1,024 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def are(number: int) -> str:
    """Return the verb for a number of things: "is" for one, else "are"."""
    return "is" if number == 1 else "are"


def similar(word: str, known: Iterable[str]) -> str:
    """Return the one of the known words that may be meant by another, "" if none is like it."""
    import difflib  # `docqa --help` waits for the imports of this module.

    return next(iter(difflib.get_close_matches(word, list(known), n=1)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint with what may be meant by a word that is none of those known, or another hint."""
    close = similar(word, known)
    return f"did you mean {close}?" if close else otherwise


def which(documents: Collection[str]) -> str:
    """Name the only document by its file, or say how many there are: "report.pdf", "3 documents"."""
    if len(documents) == 1:
        return visible(Path(next(iter(documents))).name)
    return counted(len(documents), "document")


def denial(documents: Collection[str]) -> str:
    """Say of which documents the user marked that they don't answer a question: of others nothing was said."""
    return f"you marked that {which(documents)} {'does' if len(documents) == 1 else 'do'}n't answer this"


def sentence(text: str) -> str:
    """Return a text with a capital letter at its beginning: `str.capitalize` would make the others small."""
    return text[:1].upper() + text[1:]


def percent(probability: float) -> str:
    """Return a probability in percent: "86%". Never 0% or 100%: nothing is certain."""
    if probability > 0.99:
        return ">99%"
    return "<1%" if probability < 0.01 else f"{probability:.0%}"
