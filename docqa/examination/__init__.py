"""Examination: pairs are put to a reader, and what it answers is judged by `docqa.evaluation`.

Two ways: each question is put to its own context (`on_contexts`), or goes the whole way of an answer, from documents
through retrieval and reading to the probability (`on_documents`, `on_collection`).
"""

from docqa.examination.contexts import on_contexts
from docqa.examination.documents import Examined, calibrate, fit, on_collection, on_documents
from docqa.examination.report import Figure, Report, report
from docqa.examination.sittings import Sitting, choose, drawn, sittings

__all__ = [
    "Examined",
    "Figure",
    "Report",
    "Sitting",
    "calibrate",
    "choose",
    "drawn",
    "fit",
    "on_collection",
    "on_contexts",
    "on_documents",
    "report",
    "sittings",
]
