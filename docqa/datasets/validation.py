"""A raw record to a `Pair` whose answers stand where they say, or to the reason why it can't be one."""

from pathlib import Path

from docqa.datasets import fields as read
from docqa.datasets.alignment import AlignmentContext, place_all
from docqa.datasets.document_alignment import DocumentTexts
from docqa.datasets.fields import FieldFinding, RejectedRecord
from docqa.datasets.issues import Issue, IssueKind
from docqa.datasets.pair import Pair
from docqa.datasets.raw_record import RawRecord
from docqa.datasets.text_search import SearchableText
from docqa.progress import Monitor


class PairValidator:
    """Checks the records of one file, in order."""

    def __init__(self, file: str, documents: DocumentTexts) -> None:
        self.file = file
        self._documents = documents
        self._context = AlignmentContext("")

    def check(self, record: RawRecord, monitor: Monitor) -> tuple[Pair | None, list[Issue]]:
        """Give the pair, or None where it has to be dropped; and what is to be said about it, once for each kind.

        Exactly one problem has the effect "dropped" where there is no pair, and none has where there is one.
        """
        pair = None
        findings: list[FieldFinding] = []
        try:
            pair, findings = self._pair(record, monitor)
        except RejectedRecord as refused:
            findings = [refused.finding]
        unique: dict[tuple[str, str], Issue] = {}
        for each in findings:
            problem = Issue(each.kind, each.effect, self.file, record.place, each.message, each.remedy)
            unique.setdefault((each.kind, each.effect), problem)
        return pair, list(unique.values())

    def _pair(self, record: RawRecord, monitor: Monitor) -> tuple[Pair, list[FieldFinding]]:
        if record.malformed:
            raise RejectedRecord(IssueKind.MALFORMED, record.malformed, "correct it, or take it out")
        fields = record.fields
        question = read.text(fields, "question").strip()
        if not question:
            raise RejectedRecord(
                IssueKind.EMPTY_QUESTION, "`question` is empty", "write the question, or take the pair out"
            )
        claims, findings = read.claims(fields)
        page = read.integer(fields, "page")
        group = read.text(fields, "document").strip() if read.given(fields, "document") else ""
        if not group and read.given(fields, "title"):
            group = read.clean(str(fields["title"])).strip()
        if read.given(fields, "document") and not read.given(fields, "context"):
            path = Path(self.file).parent / group
            opened = self._documents.open(path, monitor)
            page, remarks = opened.page(page)
            golds, placed = place_all(claims, lambda claim, others: opened.place(question, claim, page, others))
            text, group = opened.body, str(path)
            if golds and page is not None:
                page = opened.page_of((golds[0].start, golds[0].start + len(golds[0].text)))
            findings += remarks
        else:
            text = self._given_context(record)
            golds, placed = place_all(claims, lambda claim, others: self._context.place(question, claim, others))
        pair = Pair(
            id=read.clean(str(fields["id"])) if read.given(fields, "id") else f"{Path(self.file).name} {record.place}",
            question=question,
            context=text.text,
            answers=tuple(golds),
            document=group,
            page=page,
            place=record.place,
        )
        return pair, findings + placed

    def _given_context(self, record: RawRecord) -> SearchableText:
        fields = record.fields
        if "context" not in fields:
            raise RejectedRecord(
                IssueKind.MISSING_FIELD,
                f"`context` or `document` was expected, found {read.names(fields)}",
                "give the text that the answer stands in, or the path of its document",
            )
        context = "" if fields["context"] is None else read.text(fields, "context")
        if not context.strip():
            raise RejectedRecord(
                IssueKind.EMPTY_CONTEXT,
                "`context` is empty",
                "give the text that the answer stands in, or name a `document`",
            )
        if context != self._context.text.text:
            self._context = AlignmentContext(context)
        return self._context.text
