"""Evaluation: questions are put to a reader, and `metrics` says how right its answers are.

Two ways: each question is put to its own context (`evaluate_contexts`), or goes the whole way of an answer, through
retrieval and reading to the probability (`evaluate_documents`, `evaluate_collection`).
"""

from docqa.evaluation.closed_context import evaluate_contexts
from docqa.evaluation.end_to_end import (
    EvaluatedQuestion,
    calibrate,
    evaluate_collection,
    evaluate_documents,
    fit_calibration,
)
from docqa.evaluation.report import EvaluationReport, Figure, make_report
from docqa.evaluation.sampling import DocumentQuestions, group_by_document, sample, sample_questions

__all__ = [
    "DocumentQuestions",
    "EvaluatedQuestion",
    "EvaluationReport",
    "Figure",
    "calibrate",
    "evaluate_collection",
    "evaluate_contexts",
    "evaluate_documents",
    "fit_calibration",
    "group_by_document",
    "make_report",
    "sample",
    "sample_questions",
]
