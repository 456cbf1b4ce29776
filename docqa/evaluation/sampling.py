"""Which questions are asked of which document, and random samples of them: the same for the same seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from docqa.datasets.pair import Pair
from docqa.documents import Document, Source
from docqa.errors import DocqaError
from docqa.evaluation.closed_context import context_of

_T = TypeVar("_T")

_CONTEXTS_PER_DOCUMENT = 20  # Of contexts without a title. An article of SQuAD has about forty.


@dataclass(frozen=True, slots=True)
class DocumentQuestions:
    """A document and the questions it is asked. `Gold.start` of its pairs is an offset into the document.

    `source` is the document's text under a name, or None if `name` is the path of a file.
    """

    name: str
    source: Source | None
    pairs: tuple[Pair, ...]


def group_by_document(pairs: Sequence[Pair], documents: Mapping[str, Document]) -> list[DocumentQuestions]:
    """Group pairs by document: the one of `documents` that they name, or one made of their contexts.

    The contexts with one title, joined by blank lines, make a document. Contexts without a title make documents of up
    to twenty contexts, in their order, and at least two documents if possible.
    """
    named: dict[str, list[Pair]] = {}
    titled: dict[str, list[Pair]] = {}
    untitled = list(dict.fromkeys(pair.context for pair in pairs if not pair.document))
    size = max(1, min(_CONTEXTS_PER_DOCUMENT, -(-len(untitled) // 2)))
    titles = {
        context: f"contexts {number // size * size + 1}-{number // size * size + size}"
        for number, context in enumerate(untitled)
    }
    for pair in pairs:
        if pair.document in documents:
            named.setdefault(pair.document, []).append(pair)
        else:
            titled.setdefault(pair.document or titles[pair.context], []).append(pair)
    grouped = [DocumentQuestions(name, None, tuple(group)) for name, group in named.items()]
    return grouped + [_join_contexts(title, group) for title, group in titled.items()]


def _join_contexts(title: str, pairs: Sequence[Pair]) -> DocumentQuestions:
    offsets: dict[str, int] = {}
    text = ""
    for pair in pairs:
        context = context_of(pair)
        if context not in offsets:
            text += "\n\n" if offsets else ""
            offsets[context] = len(text)
            text += _normalize_newlines(context)
    moved = [
        replace(
            pair,
            context=None,
            document=title,
            answers=tuple(
                replace(gold, start=_moved(offsets[context_of(pair)], context_of(pair), gold.start))
                for gold in pair.answers
            ),
        )
        for pair in pairs
    ]
    return DocumentQuestions(title, Source(f"{title}.txt", text.encode("utf-8", "replace")), tuple(moved))


def _moved(offset: int, context: str, start: int) -> int:
    return offset + len(_normalize_newlines(context[:start])) if start >= 0 else -1


def _normalize_newlines(text: str) -> str:
    """As the parser of text files does, so that offsets agree."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sample_questions(
    documents: Sequence[DocumentQuestions],
    *,
    sample: int | None = None,
    per_document: int | None = None,
    cross_document: float = 0.0,
    seed: int = 0,
) -> list[DocumentQuestions]:
    """A random sample of the questions; the documents' texts stay whole.

    At most `per_document` questions about each document, and `sample` in all. Then answerable questions about other
    documents are added until they are the share `cross_document`, below 1, of what each document is asked; here they
    have no answer, and the id `id@document`. Raises `DocqaError` if there is no other document.
    """
    if cross_document and len(documents) < 2:
        raise DocqaError(
            "all pairs are about one document, so there are no questions about another",
            "leave --cross-document out, or add pairs about another document",
        )
    generator = _generator(seed)
    sampled = [replace(one, pairs=tuple(_sample(generator, one.pairs, per_document))) for one in documents]
    if sample is not None:
        everything = [(document, number) for document, one in enumerate(sampled) for number in range(len(one.pairs))]
        kept = set(_sample(generator, everything, sample))
        sampled = [
            replace(one, pairs=tuple(pair for number, pair in enumerate(one.pairs) if (document, number) in kept))
            for document, one in enumerate(sampled)
        ]
    if cross_document:
        sampled = _add_cross_document(generator, sampled, documents, cross_document)
    return [one for one in sampled if one.pairs]


def _add_cross_document(
    generator: random.Random, sampled: Sequence[DocumentQuestions], documents: Sequence[DocumentQuestions], share: float
) -> list[DocumentQuestions]:
    mixed = []
    own_total = cross_total = 0
    for number, one in enumerate(sampled):
        others = [pair for other, its in enumerate(documents) if other != number for pair in its.pairs if pair.answers]
        # Counted over all documents so far, so that rounding errors don't add up where documents have few questions.
        own_total += len(one.pairs)
        count = round(own_total * share / (1 - share)) - cross_total if one.pairs else 0
        added = [
            replace(pair, id=f"{pair.id}@{one.name}", context=None, answers=(), document=one.name, page=None)
            for pair in _sample(generator, others, count)
        ]
        cross_total += len(added)
        mixed.append(replace(one, pairs=(*one.pairs, *added)))
    return mixed


def is_cross_document(pair: Pair) -> bool:
    """Whether `sample_questions` added this question from another document."""
    return pair.id.endswith(f"@{pair.document}")


def sample(pairs: Sequence[Pair], count: int | None, seed: int = 0) -> Sequence[Pair]:
    """A random sample of `count` pairs, in their order; all pairs if `count` is None."""
    return _sample(_generator(seed), pairs, count)


def _generator(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - not for cryptography


def _sample(generator: random.Random, items: Sequence[_T], count: int | None) -> list[_T]:
    if count is None or count >= len(items):
        return list(items)
    return [items[number] for number in sorted(generator.sample(range(len(items)), count))]
