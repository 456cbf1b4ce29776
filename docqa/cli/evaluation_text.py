"""An examination's report as aligned text and as JSON (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from docqa.evaluation.metrics import RIGHT, BestThreshold, Comparison, PartScores, QuestionOutcome

if TYPE_CHECKING:
    from docqa.evaluation import EvaluationReport, Figure

_WITH = (
    QuestionOutcome.RIGHT,
    QuestionOutcome.ABSTAINED,
    QuestionOutcome.RETRIEVAL_MISSED,
    QuestionOutcome.READER_MISSED,
)
_WITHOUT = (QuestionOutcome.REFUSED, QuestionOutcome.WRONGLY_ANSWERED)


def as_dict(report: "EvaluationReport") -> dict[str, Any]:
    """The report for a machine; what can't be computed is not in it."""
    facts = asdict(report)
    facts["outcomes"] = {str(outcome): number for outcome, number in report.outcomes.items()}
    facts["questions_per_second"] = report.questions_per_second
    kept: dict[str, Any] = _known(facts)
    return kept


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _known(one) for key, one in value.items() if one is not None and one != {}}
    return [_known(one) for one in value] if isinstance(value, list | tuple) else value


def as_text(report: "EvaluationReport", how: str) -> str:
    """The report for a person."""
    parts = [
        f"reader {report.reader}: {report.questions:,} questions, {how}",
        _scores(report),
        _coverage(report),
        *([_recall(report)] if report.recall else []),
        _outcomes(report),
    ]
    if report.failures:
        reasons = "\n".join(f"  {name}: {why}" for name, why in list(report.failures.items())[:5])
        parts.append(f"{len(report.failures):,} questions could not be asked and count as unanswered:\n{reasons}")
    parts.append(f"{report.questions_per_second:.1f} questions a second")
    return "\n\n".join(parts)


def _scores(report: "EvaluationReport") -> str:
    scores, abstains = report.scores, report.scores.no_answer is not None
    all_of_them = f"abstaining below {report.threshold:.0%}" if abstains else "best answers"
    rows = [["", "EM", "", "F1", "", "questions"]]
    rows.append([all_of_them, *_with_interval(report.exact, 1), *_with_interval(report.f1, 1), f"{report.questions:,}"])
    if abstains:
        rows += [
            _part("  those with an answer", scores.has_answer),
            _part("  those without", scores.no_answer),
            _part("never abstaining, those with an answer", report.answerable),
            ["best threshold", *_best(report.best_exact), *_best(report.best_f1), f"{report.questions:,}"],
        ]
    text = columns([row for row in rows if row])
    if report.exact.interval:
        text += f"\n(95% intervals: the {report.drawn_in} drawn anew)"
    return text


def _part(name: str, part: PartScores | None) -> list[str]:
    return [name, f"{part.exact:.2f}", "", f"{part.f1:.2f}", "", f"{part.total:,}"] if part else []


def _best(best: BestThreshold | None) -> list[str]:
    return [f"{best.value:.2f}", f"below {best.threshold:.0%}"] if best else ["", ""]


def _with_interval(figure: "Figure", digits: int) -> list[str]:
    interval = f"({figure.interval[0]:.{digits}f}–{figure.interval[1]:.{digits}f})" if figure.interval else ""
    return [f"{figure.value:.2f}", interval]


def _coverage(report: "EvaluationReport") -> str:
    here = next(row for row in report.coverage if row.threshold == report.threshold)
    sentence = f"At the threshold of {report.threshold:.0%}: {here.answered:.0%} answered"
    if here.right is not None:
        sentence += f", {here.right:.0%} of them right (F1 of {RIGHT} or more)"
    both = here.unanswerable is not None and here.answerable is not None
    rows = [["threshold", "answered", "of them right"]]
    if both:
        rows[0] += ["answered: with an answer", "without"]
    for row in report.coverage:
        mark = " *" if row.threshold == report.threshold else ""
        line = [f"{row.threshold:.0%}{mark}", f"{row.answered:.1%}", _percent(row.right)]
        rows.append([*line, _percent(row.answerable), _percent(row.unanswerable)] if both else line)
    lines = [sentence + ".", "", columns(rows), ""]
    if report.auroc is not None:
        value, interval = report.auroc.value, report.auroc.interval
        between = f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else ""
        lines.append(f"AUROC of the abstention {value:.3f}{between}: questions with an answer against those without")
    lines.append(
        f"calibration error {100 * report.calibration_error:.1f} points: "
        "how far the probability shown is from the share that is right"
    )
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _recall(report: "EvaluationReport") -> str:
    heads = ["an accepted answer is in the best", *(f"{k}" for k in report.recall), "windows"]
    return columns([heads, ["", *(f"{share:.1%}" for share in report.recall.values()), ""]])


def _outcomes(report: "EvaluationReport") -> str:
    rows: list[list[str]] = []
    for title, some in (("with an answer", _WITH), ("without one", _WITHOUT)):
        counts = {outcome: report.outcomes[outcome] for outcome in some}
        total = sum(counts.values())
        if not total:
            continue
        rows.append([f"questions {title}", f"{total:,}", ""])
        for outcome, number in counts.items():
            if outcome is not QuestionOutcome.RETRIEVAL_MISSED or report.recall:
                rows.append([f"  {outcome}", f"{number:,}", f"{number / total:.1%}"])
    return columns(rows)


def worst_as_text(worst: Sequence[Mapping[str, Any]]) -> str:
    """Wrong answers to read."""
    lines = ["the wrong answers that are surest:"]
    for one in worst:
        expected = " | ".join(one["accepted"]) if one["accepted"] else "(no answer)"
        lines += [
            "",
            f"{one['probability']:.0%}  {one['question']}",
            f"     answered: {' '.join(one['answer'].split())}",
            f"     expected: {' '.join(expected.split())}",
            f"     {one['outcome']}; {one['id']}" + (f", {one['place']}" if one["place"] else ""),
        ]
    return "\n".join(lines)


def comparison_as_text(
    first: "EvaluationReport", second: "EvaluationReport", differences: Mapping[str, Comparison]
) -> str:
    """Two readers side by side."""
    rows = [["", first.reader, second.reader, "difference", "", "p"]]
    for name, one, other in (("EM", first.exact, second.exact), ("F1", first.f1, second.f1)):
        difference = differences[name.lower() if name == "F1" else "exact"]
        between = difference.interval
        rows.append(
            [
                name,
                f"{one.value:.2f}",
                f"{other.value:.2f}",
                f"{difference.difference:+.2f}",
                f"({between[0]:+.1f} to {between[1]:+.1f})" if between else "",
                f"{difference.p:.4f}",
            ]
        )
    if first.auroc and second.auroc:
        rows.append(["AUROC", f"{first.auroc.value:.3f}", f"{second.auroc.value:.3f}"])
    errors = [f"{100 * one.calibration_error:.1f}" for one in (first, second)]
    rows.append(["calibration error", *errors])
    rows.append(["questions a second", *(f"{one.questions_per_second:.1f}" for one in (first, second))])
    better = differences["f1"]
    if better.p < 0.05:
        verdict = f"{second.reader if better.difference > 0 else first.reader} has the better F1"
        verdict += ": a difference like this comes by chance less than once in twenty times"
    else:
        verdict = "the difference in F1 may be chance"
    return f"{columns(rows)}\n{verdict} (paired randomisation test, the {first.drawn_in} swapped)"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns: the first to the left, the others to the right."""
    wide = max(len(row) for row in rows)
    filled = [[*row, *[""] * (wide - len(row))] for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in filled
    )
