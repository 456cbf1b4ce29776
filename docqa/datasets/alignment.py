"""Align an answer with its context: at the start that the file claims, else where it must have meant (pure)."""

from collections.abc import Callable, Iterable, Sequence

from docqa.datasets.fields import ClaimedAnswer, FieldFinding, RejectedRecord
from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.pair import Gold
from docqa.datasets.raw_record import shorten
from docqa.datasets.text_search import SearchableText, Span

Alignment = tuple[Gold, list[FieldFinding]]


class AlignmentContext:
    """A context, and the offset by which the starts of its previous answers were shifted."""

    def __init__(self, text: str) -> None:
        self.text = SearchableText(text)
        self._shift: int | None = None

    def align(self, question: str, claim: ClaimedAnswer, golds: Sequence[Gold]) -> Alignment:
        """Align an answer. `golds` are the answers of its pair aligned so far. Raises `RejectedRecord`."""
        text, context = self.text, self.text.text
        if claim.start is not None and claim.start >= 0 and context.startswith(claim.text, claim.start):
            return _trimmed(claim), []
        answer = claim.text.strip()
        # Without a start, "art" means "Art" rather than a part of "party"; with one, it means what is near.
        searches = (text.whole, text.normalized, text.anywhere)
        if claim.start is not None:
            searches = (text.whole, text.anywhere, text.normalized)
        spans, verbatim = next(
            ((found, search != text.normalized) for search in searches if (found := search(answer))), ([], False)
        )
        if not spans:
            raise RejectedRecord(
                IssueKind.NOT_IN_CONTEXT,
                f"the answer {shorten(answer)} is not in the context",
                "copy the answer verbatim from the context",
            )
        findings: list[FieldFinding] = []
        if claim.start is None:
            span, findings = choose_span(text, question, answer, spans, golds)
        else:
            span, kind, reason = self._intended(ClaimedAnswer(answer, claim.start), spans)
            if verbatim:
                actual = context[claim.start : claim.start + len(answer)] if claim.start >= 0 else ""
                message = f"`answer_start` is {claim.start}, where the context has {shorten(actual)}"
                message += f"; {shorten(answer)} is at {span[0]}"
                findings = [FieldFinding(kind, IssueEffect.REPAIRED, message, f"repaired: {reason}")]
        if not verbatim:
            message = f"the answer {shorten(answer)} is written {shorten(context[slice(*span)])} in the context"
            findings.append(
                FieldFinding(IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED, message, "the context's text is used")
            )
        return Gold(context[slice(*span)], span[0]), findings

    def _intended(self, claim: ClaimedAnswer, spans: list[Span]) -> tuple[Span, IssueKind, str]:
        """Return the one span that a wrong start can mean, and why. Raises `RejectedRecord` if it is ambiguous."""
        start = claim.start or 0
        by_start = {span[0]: span for span in spans}
        if start in by_start:
            return by_start[start], IssueKind.START_SHIFTED, "the start is right"  # Only the text differs there.
        converted = {
            IssueKind.START_IN_UTF16: _code_points(self.text.text, start, "utf-16-le", 2),
            IssueKind.START_IN_BYTES: _code_points(self.text.text, start, "utf-8", 1),
        }
        explained = {kind: at for kind, at in converted.items() if at is not None and at != start and at in by_start}
        if len(set(explained.values())) == 1:
            kind, at = next(iter(explained.items()))
            unit = "UTF-16 code units" if kind is IssueKind.START_IN_UTF16 else "UTF-8 bytes"
            return by_start[at], kind, f"it counts {unit}"
        if len(spans) == 1:
            self._shift = spans[0][0] - start
            return spans[0], IssueKind.START_SHIFTED, "the answer occurs nowhere else"
        if self._shift is not None and start + self._shift in by_start:
            return (
                by_start[start + self._shift],
                IssueKind.START_SHIFTED,
                "other starts in this context are shifted by as much",
            )
        # A start that is slightly off still lies in its answer, or just before it (a quote, a space).
        near = [span for span in spans if abs(span[0] - start) <= max(2, len(claim.text) - 1)]
        if len(near) == 1:
            return near[0], IssueKind.START_SHIFTED, "no other occurrence is near"
        starts = ", ".join(str(begin) for begin, _ in spans[:4]) + (", …" if len(spans) > 4 else "")
        raise RejectedRecord(
            IssueKind.START_UNCERTAIN,
            f"`answer_start` is {start}, but {shorten(claim.text)} occurs at {len(spans)} other places: {starts}",
            "correct answer_start, which counts code points from 0, or remove it",
        )


def align_all(
    claims: Iterable[ClaimedAnswer], align: Callable[[ClaimedAnswer, Sequence[Gold]], Alignment]
) -> tuple[list[Gold], list[FieldFinding]]:
    """Align the accepted answers of a pair, in order.

    Answers that can't be aligned are left out with a warning. Raises `RejectedRecord` if none can be aligned.
    """
    golds: list[Gold] = []
    findings: list[FieldFinding] = []
    rejected: list[FieldFinding] = []
    for claim in claims:
        try:
            gold, found = align(claim, golds)
        except RejectedRecord as rejection:
            rejected.append(rejection.finding)
        else:
            golds.append(gold)
            findings += found
    if rejected and not golds:
        first, others = rejected[0], len(rejected) - 1
        also = f", and neither are its {others} other accepted answers" if others else ""
        raise RejectedRecord(first.kind, first.message + also, first.remedy)
    findings += [
        FieldFinding(each.kind, IssueEffect.WARNING, f"{each.message}; its other answers are kept", each.remedy)
        for each in rejected
    ]
    return golds, findings


def choose_span(
    text: SearchableText, question: str, answer: str, spans: list[Span], golds: Sequence[Gold]
) -> tuple[Span, list[FieldFinding]]:
    """Choose a span for an answer without a start, with a warning if the choice is a guess.

    A reader learns an answer by the words around it, so the span whose neighbourhood is most like the question is
    taken: the first occurrence may be about something else. A span that overlaps an answer in `golds` is that answer
    in other words.
    """
    if len(spans) == 1:
        return spans[0], []
    for gold in golds:
        for start, end in spans:
            if start < gold.start + len(gold.text) and gold.start < end:
                return (start, end), []
    chosen = text.likeliest(spans, question)
    message = f"the answer {shorten(answer)} occurs {len(spans)} times"
    remedy = f"the one at {chosen[0]} is used, whose surroundings are most like the question; or set `answer_start`"
    return chosen, [FieldFinding(IssueKind.SEVERAL_PLACES, IssueEffect.WARNING, message, remedy)]


def _trimmed(claim: ClaimedAnswer) -> Gold:
    """Return the answer without surrounding white space, which no reader predicts."""
    stripped = claim.text.lstrip()
    return Gold(stripped.rstrip(), (claim.start or 0) + len(claim.text) - len(stripped))


def _code_points(context: str, start: int, encoding: str, width: int) -> int | None:
    """Convert an offset in units of `width` bytes of an encoding to code points; None if it is inside of one."""
    if start < 0 or context.isascii():
        return None
    try:
        return len(context[:start].encode(encoding)[: start * width].decode(encoding))
    except UnicodeDecodeError:
        return None
