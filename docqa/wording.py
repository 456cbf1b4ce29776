"""Wording that the messages of all layers share."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 page", "24 pages", "1,024 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
