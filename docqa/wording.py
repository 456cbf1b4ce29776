"""Wording that the messages of all layers share."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 page", "24 pages", "1,024 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def are(number: int) -> str:
    """Return the verb for a number of things: "is" for one, else "are"."""
    return "is" if number == 1 else "are"


def sentence(text: str) -> str:
    """Return a text with a capital letter at its beginning: `str.capitalize` would make the others small."""
    return text[:1].upper() + text[1:]
