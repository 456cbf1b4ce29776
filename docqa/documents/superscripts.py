"""Superscripts (placeholder until the words are merged)."""

_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")


def raise_(text: str) -> str:
    """The text of a superscript in Unicode's superscript characters, where they exist."""
    return text.translate(_RAISED)
