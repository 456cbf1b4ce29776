"""Which questions are put to which document, and samples of them: the same for the same seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from docqa.datasets.pair import Pair
from docqa.documents import Document, Source
from docqa.errors import DocqaError
from docqa.evaluation.closed_context import context_of

_T = TypeVar("_T")

_TOGETHER = 20  # Contexts without a title that make one document: an article of SQuAD has about forty.


@dataclass(frozen=True, slots=True)
class DocumentQuestions:
    """A document and the questions that are put to it. In its pairs `Gold.start` is an offset into the document.

    `source` is the document's text under a name, or None where `name` is the path of a file.
    """

    name: str
    source: Source | None
    pairs: tuple[Pair, ...]


def group_by_document(pairs: Sequence[Pair], documents: Mapping[str, Document]) -> list[DocumentQuestions]:
    """Group pairs by document: those that name one of `documents` are put to it, of the others it is made.

    The contexts of one title, joined by blank lines, are one document; contexts without a title make documents of up
    to twenty, in the order in which they come, and two at least.
    """
    named: dict[str, list[Pair]] = {}
    titled: dict[str, list[Pair]] = {}
    bare = list(dict.fromkeys(pair.context for pair in pairs if not pair.document))
    size = max(1, min(_TOGETHER, -(-len(bare) // 2)))
    untitled = {
        context: f"contexts {at // size * size + 1}-{at // size * size + size}" for at, context in enumerate(bare)
    }
    for pair in pairs:
        if pair.document in documents:
            named.setdefault(pair.document, []).append(pair)
        else:
            titled.setdefault(pair.document or untitled[pair.context], []).append(pair)
    found = [DocumentQuestions(name, None, tuple(some)) for name, some in named.items()]
    return found + [_joined(title, some) for title, some in titled.items()]


def _joined(title: str, pairs: Sequence[Pair]) -> DocumentQuestions:
    begins: dict[str, int] = {}
    text = ""
    for pair in pairs:
        context = context_of(pair)
        if context not in begins:
            text += "\n\n" if begins else ""
            begins[context] = len(text)
            text += _newlines(context)
    moved = [
        replace(
            pair,
            context=None,
            document=title,
            answers=tuple(
                replace(gold, start=_moved(begins[context_of(pair)], context_of(pair), gold.start))
                for gold in pair.answers
            ),
        )
        for pair in pairs
    ]
    return DocumentQuestions(title, Source(f"{title}.txt", text.encode("utf-8", "replace")), tuple(moved))


def _moved(begin: int, context: str, start: int) -> int:
    return begin + len(_newlines(context[:start])) if start >= 0 else -1


def _newlines(text: str) -> str:
    """As reading a text file leaves them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sample_questions(
    sat: Sequence[DocumentQuestions],
    *,
    sample: int | None = None,
    per_document: int | None = None,
    foreign: float = 0.0,
    seed: int = 0,
) -> list[DocumentQuestions]:
    """A sample of the questions, the same for the same seed; the documents stay whole.

    At most `per_document` of each document's, `sample` in all. Then `foreign`, a share below 1, of what each document
    is asked are answerable questions of the others, that it has no answer to: `id@document` is their id. Raises
    `DocqaError` where there is no other document.
    """
    if foreign and len(sat) < 2:
        raise DocqaError(
            "the pairs are about one document: there is no other for foreign questions to come from",
            "leave --foreign out, or add pairs about another document",
        )
    chance = _chance(seed)
    chosen = [replace(one, pairs=tuple(_sample(chance, one.pairs, per_document))) for one in sat]
    if sample is not None:
        numbered = [(at, number) for at, one in enumerate(chosen) for number in range(len(one.pairs))]
        kept = set(_sample(chance, numbered, sample))
        chosen = [
            replace(one, pairs=tuple(pair for number, pair in enumerate(one.pairs) if (at, number) in kept))
            for at, one in enumerate(chosen)
        ]
    if not foreign:
        return [one for one in chosen if one.pairs]
    mixed = []
    own = given = 0
    for at, one in enumerate(chosen):
        others = [pair for other, theirs in enumerate(sat) if other != at for pair in theirs.pairs if pair.answers]
        # Of all that was asked so far, so that rounding does not add up where documents are asked little.
        own += len(one.pairs)
        count = round(own * foreign / (1 - foreign)) - given if one.pairs else 0
        strangers = [
            replace(pair, id=f"{pair.id}@{one.name}", context=None, answers=(), document=one.name, page=None)
            for pair in _sample(chance, others, count)
        ]
        given += len(strangers)
        mixed.append(replace(one, pairs=(*one.pairs, *strangers)))
    return [one for one in mixed if one.pairs]


def sample(pairs: Sequence[Pair], count: int | None, seed: int = 0) -> Sequence[Pair]:
    """A sample of the pairs, in their order and the same for the same seed; all of them where `count` is None."""
    return _sample(_chance(seed), pairs, count)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret


def _sample(chance: random.Random, some: Sequence[_T], count: int | None) -> list[_T]:
    """So many of them, in their order; all where there are no more, or `count` is None."""
    if count is None or count >= len(some):
        return list(some)
    return [some[at] for at in sorted(chance.sample(range(len(some)), count))]
