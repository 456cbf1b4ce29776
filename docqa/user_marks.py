"""What the user said about the answers to a question, and a result with it: right answers first (pure)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from docqa.answers import Answer, Citation, Mark, Result, answer_at
from docqa.documents import Document
from docqa.moved_spans import Span, find_again
from docqa.passages import passage
from docqa.scope import Scope
from docqa.userdata.kept_spans import KeptSpan, absolute, question_key

if TYPE_CHECKING:
    from docqa.userdata.annotations import Annotation
    from docqa.userdata.corrections import Correction


class MarkedAnswer(NamedTuple):
    """An answer with its `mark`, and the version of the document that it is in; None if that isn't open yet."""

    answer: Answer
    document: Document | None


@dataclass(frozen=True, slots=True)
class UserMarks:
    """The answers that the user marked, in the order in which that was done.

    `denied` are the closest passages of the documents that don't answer the question, as the user said; empty if that
    was not said. It says nothing of a document that was not among the closest then, but is now.
    """

    marked: tuple[MarkedAnswer, ...] = ()
    denied: tuple[MarkedAnswer, ...] = ()

    @property
    def right(self) -> tuple[Answer, ...]:
        """The right answers that are in the documents as they are."""
        return tuple(one for one, _ in self.marked if one.mark.right and not one.outdated)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers with a note, and those that are pinned; also those that are no longer in the documents."""
        return tuple(one for one, _ in self.marked if one.mark.pinned or one.mark.note)

    @property
    def outdated(self) -> bool:
        """Whether something is not found in the present version of its document."""
        return any(one.outdated for one, _ in (*self.marked, *self.denied))

    def of(self, answer: Answer) -> Mark:
        """The mark of an answer, found at its own place or at another."""
        unmarked = Mark(found=answer.mark.found)
        return next((marked.mark for marked, _ in self.marked if _is(marked, answer)), unmarked)

    def with_mark(self, answer: Answer, document: Document | None, mark: Mark) -> "UserMarks":
        """Mark an answer anew; a right one replaces right ones that it shares words with, and that there is none."""
        others = [one for one in self.marked if not _is(one.answer, answer)]
        if mark.right:
            others = [one for one in others if not (one.answer.mark.right and _overlap(one.answer, answer))]
        if not mark.empty:
            # Where else it is will be found by reading.
            others.append(MarkedAnswer(replace(answer, mark=mark, other_locations=()), document))
        return UserMarks(tuple(others), () if mark.right else self.denied)

    def deny(self, closest: Iterable[MarkedAnswer]) -> "UserMarks":
        """Say that the documents don't answer the question: `closest` came closest, one for each document."""
        unsaid = [
            one._replace(answer=replace(one.answer, mark=replace(one.answer.mark, right=False))) for one in self.marked
        ]
        return UserMarks(tuple(one for one in unsaid if not one.answer.mark.empty), tuple(closest))

    def change(self, moved: Callable[[MarkedAnswer], MarkedAnswer]) -> "UserMarks":
        """The same, with each answer changed: found again in another version of its document, or outdated."""
        return UserMarks(tuple(map(moved, self.marked)), tuple(map(moved, self.denied)))

    def with_those_of(self, other: "UserMarks", names: Collection[str]) -> "UserMarks":
        """The same, but of the documents with these names what `other` says."""

        def joined(mine: Iterable[MarkedAnswer], others: Iterable[MarkedAnswer]) -> tuple[MarkedAnswer, ...]:
            kept = (one for one in mine if one.answer.document not in names)
            return (*kept, *(one for one in others if one.answer.document in names))

        both = UserMarks(joined(self.marked, other.marked), joined(self.denied, other.denied))
        return replace(both, denied=()) if both.right else both

    def applied(self, result: Result) -> Result:
        """The result as the user sees it: right answers first, then pinned ones; wrong ones last, and not as answers.

        What is marked and was not found this time is shown all the same.
        """
        if not self.marked and not self.denied:
            return result
        denied = self.denies(result)
        answers, wrong = self._divided(result.answers)
        closest, more_wrong = self._divided(result.closest)
        found = (*result.answers, *result.closest)
        closest += [
            replace(one, mark=replace(one.mark, found=False))
            for one in self.answers
            if not (one.outdated or one.mark.right or one.mark.wrong) and not any(_is(one, each) for each in found)
        ]
        right = [_as_found(one, found) for one in self.right]
        if denied:
            closest, answers = [*answers, *closest], []
        elif right or answers:
            # A pinned passage, or one with a note, is shown beside answers too.
            answers += [one for one in closest if one.mark.pinned or one.mark.note]
            closest = [one for one in closest if not (one.mark.pinned or one.mark.note)]
        shown = [*right, *_pinned_first(answers)]
        below = [*_pinned_first(closest), *wrong, *more_wrong]
        ranked = [replace(one, rank=number) for number, one in enumerate([*shown, *below], 1)]
        return replace(
            result,
            answered=bool(shown),
            answers=tuple(ranked[: len(shown)]),
            closest=tuple(ranked[len(shown) :]),
            denied=denied,
        )

    def denies(self, result: Result) -> bool:
        """Whether the user said of all documents that are shown that they don't answer the question."""
        shown = {one.document for one in (result.answers if result.answered else result.closest)}
        return bool(self.denied) and shown <= {one.document for one, _ in self.denied}

    def _divided(self, found: Iterable[Answer]) -> tuple[list[Answer], list[Answer]]:
        """What was found, with its marks: without what is right, or in its place; and apart what is wrong."""
        others: list[Answer] = []
        wrong: list[Answer] = []
        for one in found:
            said = self.of(one)
            mark = replace(said, found=True, right=said.right and not one.outdated)
            if not mark.right and not any(_overlap(each, one) for each in self.right):
                (wrong if mark.wrong else others).append(replace(one, mark=mark))
        return others, wrong

    def applied_to_best(self, best: Iterable[Answer]) -> tuple[Answer, ...]:
        """The best answer of each document, with what is right in place of what docqa found."""
        right = {one.document: one for one in reversed(self.right)}
        denied = {one.document for one, _ in self.denied}
        others = [one for one in best if one.document not in {*right, *denied} and not self.of(one).wrong]
        return (*reversed(right.values()), *others)


def recalled(
    question: str,
    documents: Sequence[Document],
    corrections: Iterable["Correction"],
    annotations: Iterable["Annotation"] = (),
) -> UserMarks:
    """What the user said in earlier sessions about the same question, in the same words, and these documents.

    It is found again where a document has changed since, or left aside.
    """
    key = question_key(question)
    find = _Finder(documents)
    marks = UserMarks()
    for note in annotations:
        if question_key(note.question) == key:
            for answer, document in find.answers(note):
                mark = replace(marks.of(answer), note=note.note, pinned=note.pinned, wrong=note.wrong)
                marks = marks.with_mark(answer, document, mark)
    closest: list[MarkedAnswer] = []
    for correction in corrections:
        if question_key(correction.question) != key:
            continue
        if correction.answer is None:
            closest += find.contexts(correction)
            continue
        for answer, document in find.answers(correction):
            marks = marks.with_mark(answer, document, replace(marks.of(answer), right=True, wrong=False))
    return marks.deny(closest) if closest and not marks.right else marks


def corrected(
    result: Result,
    documents: Sequence[Document],
    corrections: Iterable["Correction"],
    annotations: Iterable["Annotation"],
    *,
    top: int,
    scope: Scope | None = None,
) -> Result:
    """The result with what the user marked as right or wrong of the documents, or of a part of them.

    Notes and pins are the app's, and left aside. It has up to `top` answers, but all right ones.
    """
    asked = [one for number, one in enumerate(documents) if scope is None or number in scope.numbers]
    marks = recalled(result.question, asked, corrections, (replace(one, note="", pinned=False) for one in annotations))
    if scope is not None:
        numbers = {document.name: number for number, document in enumerate(documents)}
        inside = [one for one in marks.marked if scope.contains(numbers[one.answer.document], one.answer.start)]
        marks = replace(marks, marked=tuple(inside))
    applied = marks.applied(result)
    listed = max(top, sum(one.mark.right for one in applied.answers))
    answers, others = applied.answers[:listed], applied.answers[listed:]
    return replace(applied, answers=answers, closest=(*others, *applied.closest))


class _Finder:
    """Finds what was stored in the documents that are open."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._by_path = {absolute(document.name): document for document in documents}
        self._by_content: defaultdict[str, list[Document]] = defaultdict(list)
        for document in documents:
            self._by_content[document.sha256].append(document)

    def _documents(self, kept: KeptSpan) -> list[Document]:
        """The document of its path, or else those with the same content."""
        same = self._by_path.get(kept.document)
        return [same] if same is not None else self._by_content.get(kept.sha256, [])

    def answers(self, kept: KeptSpan) -> Iterator[MarkedAnswer]:
        """The answer that was marked, where it still is."""
        for document in self._documents(kept):
            place = _place(kept, document)
            if place is not None:
                yield MarkedAnswer(answer_at(document, *place), document)

    def contexts(self, kept: KeptSpan) -> Iterator[MarkedAnswer]:
        """The whole of a passage that doesn't answer the question."""
        for document in self._documents(kept):
            at = document.text.find(kept.context)
            if at >= 0:
                yield MarkedAnswer(answer_at(document, at, at + len(kept.context)), document)


def _place(kept: KeptSpan, document: Document) -> Span | None:
    """Where an answer that was marked in a context is in a document: the same words, in the same sentence."""
    answer, start = kept.answer or "", kept.answer_start or 0
    end = start + len(answer)
    if not answer or kept.context[start:end] != answer:
        return None  # The file was edited by hand.
    at = document.text.find(kept.context, 0, document.body_end)
    if at >= 0:
        return at + start, at + end
    around = passage(kept.context, start, end, 0)
    return find_again(kept.context, document.text[: document.body_end], (start, end), around)


def _as_found(right: Answer, found: Iterable[Answer]) -> Answer:
    """A right answer, with the passage and the other places that docqa found for it."""
    same = next((one for one in found if _is(right, one)), None)
    if same is None:
        return replace(right, mark=replace(right.mark, found=False))
    mark = replace(right.mark, found=True)
    if (same.start, same.end) == (right.start, right.end) and same.document == right.document and not same.outdated:
        return replace(same, mark=mark)
    others = (_citation(same), *(one for one in same.other_locations if _place_of(one) != _place_of(right)))
    return replace(right, mark=mark, other_locations=others)


def _citation(answer: Answer) -> Citation:
    fields = Citation.__dataclass_fields__
    return Citation(**{name: getattr(answer, name) for name in fields})


def _place_of(one: Answer | Citation) -> tuple[str, int, int]:
    return one.document, one.start, one.end


def _is(marked: Answer, answer: Answer) -> bool:
    """Whether an answer is a marked one, at its own place or at another."""
    everywhere: tuple[Answer | Citation, ...] = (answer, *answer.other_locations)
    places = [_place_of(one) for one in everywhere if one.outdated == marked.outdated]
    return _place_of(marked) in places


def _overlap(one: Answer, other: Answer) -> bool:
    same = one.document == other.document and not one.outdated and not other.outdated
    return same and one.start < other.end and other.start < one.end


def _pinned_first(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda one: not one.mark.pinned)
