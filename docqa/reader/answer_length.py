"""Answers that are longer than a reader gives: it can't learn them."""

from collections.abc import Callable
from functools import partial

from tokenizers import Tokenizer

from docqa.errors import DocqaError
from docqa.models import loading
from docqa.models.registry import Model


def too_long(answer: str, tokenizer: Tokenizer, longest: int) -> DocqaError | None:
    """An error if an answer has more tokens than the `longest` that is given, else None."""
    if len(answer) <= longest:  # A token is a character or more, and most answers are short.
        return None
    tokens = len(tokenizer.encode(answer, add_special_tokens=False))
    if tokens <= longest:
        return None
    return DocqaError(
        f"this answer has {tokens} tokens, more than the {longest} that the reader can give: it can't be learned",
        "choose fewer words, or raise max_answer_length",
    )


def length_check(reader: Model, longest: int) -> Callable[[str], DocqaError | None]:
    """`too_long` with the tokenizer of a reader. Raises `DocqaError` if that is damaged."""
    return partial(too_long, tokenizer=loading.load_tokenizer(reader.folder), longest=longest)
