"""An answer to its place in a context: where it says, where it must have meant, or nowhere (pure)."""

from collections.abc import Callable, Iterable, Sequence

from docqa.datasets.fields import ClaimedAnswer, FieldFinding, RejectedRecord
from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.pair import Gold
from docqa.datasets.raw_record import shorten
from docqa.datasets.text_search import SearchableText, Span

Alignment = tuple[Gold, list[FieldFinding]]


class AlignmentContext:
    """One context, and what its earlier answers have taught about how its starts are counted."""

    def __init__(self, text: str) -> None:
        self.text = SearchableText(text)
        self._shift: int | None = None

    def place(self, question: str, claim: ClaimedAnswer, golds: Sequence[Gold]) -> Alignment:
        """Place an answer; `golds` are those of its pair that are placed already. Raises `RejectedRecord`."""
        text, context = self.text, self.text.text
        if claim.start is not None and claim.start >= 0 and context.startswith(claim.text, claim.start):
            return _trimmed(claim), []
        answer = claim.text.strip()
        findings: list[FieldFinding] = []
        # "art" without a start is rather "Art" than a part of "party"; with one, it is what is near.
        searches = (text.whole, text.alike, text.anywhere)
        if claim.start is not None:
            searches = (text.whole, text.anywhere, text.alike)
        places, exact = next(
            ((found, search != text.alike) for search in searches if (found := search(answer))), ([], False)
        )
        if not places:
            raise RejectedRecord(
                IssueKind.NOT_IN_CONTEXT,
                f"the answer {shorten(answer)} was expected to stand in the context, and does not",
                "copy the answer from the context, letter by letter",
            )
        if claim.start is None:
            span, findings = choose(text, question, answer, places, golds)
        else:
            span, kind, why = self._meant(ClaimedAnswer(answer, claim.start), places)
            if exact:
                there = context[claim.start : claim.start + len(answer)] if claim.start >= 0 else ""
                message = f"`answer_start` is {claim.start}, where the context has {shorten(there)}"
                message += f"; {shorten(answer)} stands at {span[0]}"
                findings = [FieldFinding(kind, IssueEffect.REPAIRED, message, f"taken so: {why}")]
        if not exact:
            message = f"the answer {shorten(answer)} stands in the context as {shorten(context[slice(*span)])}"
            findings.append(
                FieldFinding(IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED, message, "taken as it stands there")
            )
        return Gold(context[slice(*span)], span[0]), findings

    def _meant(self, claim: ClaimedAnswer, places: list[Span]) -> tuple[Span, IssueKind, str]:
        """The one place that a wrong start can mean, and why. Raises `RejectedRecord` where that is not certain."""
        start = claim.start or 0
        by_start = {span[0]: span for span in places}
        if start in by_start:
            return by_start[start], IssueKind.SHIFTED, "the start is right"  # It is the text that differs there.
        counted = {
            IssueKind.UTF16: _characters(self.text.text, start, "utf-16-le", 2),
            IssueKind.BYTES: _characters(self.text.text, start, "utf-8", 1),
        }
        explained = {kind: at for kind, at in counted.items() if at is not None and at != start and at in by_start}
        if len(set(explained.values())) == 1:
            kind, at = next(iter(explained.items()))
            return by_start[at], kind, f"it counts {'UTF-16 units' if kind is IssueKind.UTF16 else 'bytes of UTF-8'}"
        if len(places) == 1:
            self._shift = places[0][0] - start
            return places[0], IssueKind.SHIFTED, "it stands nowhere else"
        if self._shift is not None and start + self._shift in by_start:
            return by_start[start + self._shift], IssueKind.SHIFTED, "others of this context are shifted by as much"
        # A start that is off by a little still lies on its answer, or just before it (a quote, a space).
        near = [span for span in places if abs(span[0] - start) <= max(2, len(claim.text) - 1)]
        if len(near) == 1:
            return near[0], IssueKind.SHIFTED, "no other place is near"
        where = ", ".join(str(begin) for begin, _ in places[:4]) + (", …" if len(places) > 4 else "")
        raise RejectedRecord(
            IssueKind.UNCERTAIN_START,
            f"`answer_start` is {start}, and {shorten(claim.text)} stands in {len(places)} other places: {where}",
            "correct answer_start, which counts characters from 0; or leave it out",
        )


def place_all(
    claims: Iterable[ClaimedAnswer], place: Callable[[ClaimedAnswer, Sequence[Gold]], Alignment]
) -> tuple[list[Gold], list[FieldFinding]]:
    """Place the accepted answers of a pair, in their order.

    One that can't be placed is left out where others can, and told. Raises `RejectedRecord` where none can.
    """
    golds: list[Gold] = []
    findings: list[FieldFinding] = []
    lost: list[FieldFinding] = []
    for claim in claims:
        try:
            gold, found = place(claim, golds)
        except RejectedRecord as refused:
            lost.append(refused.finding)
        else:
            golds.append(gold)
            findings += found
    if lost and not golds:
        others = f"; nor can its {len(lost) - 1} other accepted answers be placed" if len(lost) > 1 else ""
        raise RejectedRecord(lost[0].kind, lost[0].message + others, lost[0].remedy)
    findings += [
        FieldFinding(
            each.kind, IssueEffect.WARNING, f"{each.message}; left out, other accepted answers remain", each.remedy
        )
        for each in lost
    ]
    return golds, findings


def choose(
    text: SearchableText, question: str, answer: str, places: list[Span], golds: Sequence[Gold]
) -> tuple[Span, list[FieldFinding]]:
    """Choose a place for an answer that claims none, and say so where another could have been meant.

    A reader learns an answer by the words around it. So the place is taken where these speak of what is asked: the
    first one may be where the answer is mentioned for another reason. What overlaps an accepted answer that has its
    place is that answer in other words.
    """
    if len(places) == 1:
        return places[0], []
    for gold in golds:
        for start, end in places:
            if start < gold.start + len(gold.text) and gold.start < end:
                return (start, end), []
    chosen = text.likeliest(places, question)
    message = f"the answer {shorten(answer)} stands in {len(places)} places"
    remedy = f"taken at {chosen[0]}, where the words around it are most like the question; `answer_start` can tell"
    return chosen, [FieldFinding(IssueKind.SEVERAL_PLACES, IssueEffect.WARNING, message, remedy)]


def _trimmed(claim: ClaimedAnswer) -> Gold:
    """The answer without white space around it, which no reader predicts."""
    stripped = claim.text.lstrip()
    return Gold(stripped.rstrip(), (claim.start or 0) + len(claim.text) - len(stripped))


def _characters(context: str, start: int, encoding: str, width: int) -> int | None:
    """How many characters `start` units of this encoding are, None where they end inside of one."""
    if start < 0 or context.isascii():
        return None
    try:
        return len(context[:start].encode(encoding)[: start * width].decode(encoding))
    except UnicodeDecodeError:
        return None
