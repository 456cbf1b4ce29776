"""Evaluation: how good the answers to question–answer pairs are.

Closed-context evaluation asks each question of its own context (`evaluate_contexts`). End-to-end evaluation asks it of
documents, with retrieval, reading and ranking (`evaluate_documents`, `evaluate_collection`).
"""

from docqa.evaluation.closed_context import evaluate_contexts
from docqa.evaluation.end_to_end import (
    EvaluatedQuestion,
    calibrate,
    evaluate_collection,
    evaluate_documents,
    fit_calibration,
)
from docqa.evaluation.report import EvaluationReport, Figure, compare_readers, make_report
from docqa.evaluation.sampling import (
    DocumentQuestions,
    group_by_document,
    is_cross_document,
    sample,
    sample_questions,
)

__all__ = [
    "DocumentQuestions",
    "EvaluatedQuestion",
    "EvaluationReport",
    "Figure",
    "calibrate",
    "compare_readers",
    "evaluate_collection",
    "evaluate_contexts",
    "evaluate_documents",
    "fit_calibration",
    "group_by_document",
    "is_cross_document",
    "make_report",
    "sample",
    "sample_questions",
]
