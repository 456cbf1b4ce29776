"""Validate a raw record: a `Pair` whose answers are aligned with its context, or the reason why it is unusable."""

from pathlib import Path

from docqa.datasets import fields as read
from docqa.datasets.alignment import AlignmentContext, align_all
from docqa.datasets.document_alignment import DocumentTexts
from docqa.datasets.fields import FieldFinding, RejectedRecord
from docqa.datasets.issues import Issue, IssueKind
from docqa.datasets.pair import Pair
from docqa.datasets.raw_record import RawRecord
from docqa.datasets.text_search import SearchableText
from docqa.progress import Monitor


class PairValidator:
    """Validates the records of one file, in order."""

    def __init__(self, file: str, documents: DocumentTexts) -> None:
        self.file = file
        self._documents = documents
        self._context = AlignmentContext("")

    def validate(self, record: RawRecord, monitor: Monitor) -> tuple[Pair | None, list[Issue]]:
        """Return the pair, or None if it is dropped, with at most one issue of each kind and effect.

        Exactly one issue has the effect "dropped" if there is no pair, and none otherwise.
        """
        pair = None
        findings: list[FieldFinding] = []
        try:
            pair, findings = self._pair(record, monitor)
        except RejectedRecord as rejection:
            findings = [rejection.finding]
        unique: dict[tuple[str, str], Issue] = {}
        for each in findings:
            issue = Issue(each.kind, each.effect, self.file, record.location, each.message, each.remedy)
            unique.setdefault((each.kind, each.effect), issue)
        return pair, list(unique.values())

    def _pair(self, record: RawRecord, monitor: Monitor) -> tuple[Pair, list[FieldFinding]]:
        if record.malformed:
            raise RejectedRecord(IssueKind.MALFORMED, record.malformed, "correct or remove it")
        fields = record.fields
        question = read.text(fields, "question").strip()
        if not question:
            raise RejectedRecord(IssueKind.EMPTY_QUESTION, "`question` is empty", "add the question or remove the pair")
        claims, findings = read.claims(fields)
        page = read.integer(fields, "page")
        group = read.text(fields, "document").strip() if read.given(fields, "document") else ""
        if not group and read.given(fields, "title"):
            group = read.clean(str(fields["title"])).strip()
        if read.given(fields, "document") and not read.given(fields, "context"):
            path = Path(self.file).parent / group
            opened = self._documents.open(path, monitor)
            page, page_findings = opened.check_page(page)
            golds, answer_findings = align_all(
                claims, lambda claim, aligned: opened.align(question, claim, page, aligned)
            )
            text, group = opened.body, str(path)
            if golds and page is not None:
                page = opened.page_of((golds[0].start, golds[0].start + len(golds[0].text)))
            findings += page_findings
        else:
            text = self._given_context(record)
            golds, answer_findings = align_all(
                claims, lambda claim, aligned: self._context.align(question, claim, aligned)
            )
        default_id = f"{Path(self.file).name} {record.location}"
        pair = Pair(
            id=read.clean(str(fields["id"])) if read.given(fields, "id") else default_id,
            question=question,
            context=text.text,
            answers=tuple(golds),
            document=group,
            page=page,
            location=record.location,
            file=self.file,
        )
        return pair, findings + answer_findings

    def _given_context(self, record: RawRecord) -> SearchableText:
        fields = record.fields
        if "context" not in fields:
            raise RejectedRecord(
                IssueKind.MISSING_FIELD,
                f"expected `context` or `document`, found {read.names(fields)}",
                "add the text that contains the answer, or the path of its document",
            )
        context = "" if fields["context"] is None else read.text(fields, "context")
        if not context.strip():
            raise RejectedRecord(
                IssueKind.EMPTY_CONTEXT,
                "`context` is empty",
                "add the text that contains the answer, or the path of its `document`",
            )
        if context != self._context.text.text:
            self._context = AlignmentContext(context)
        return self._context.text
