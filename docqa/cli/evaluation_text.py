"""Reports of evaluations and calibrations as aligned text (pure)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docqa.evaluation.metrics import RIGHT, BestThreshold, PartScores, QuestionOutcome
from docqa.terminal_text import one_line, visible
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.evaluation import EvaluationReport, Figure
    from docqa.evaluation.calibration import CalibrationFit
    from docqa.evaluation.significance import Comparison

_ANSWERABLE = (
    QuestionOutcome.RIGHT,
    QuestionOutcome.ABSTAINED,
    QuestionOutcome.RETRIEVAL_MISSED,
    QuestionOutcome.READER_MISSED,
)
_UNANSWERABLE = (QuestionOutcome.REFUSED, QuestionOutcome.WRONGLY_ANSWERED)


def as_text(report: "EvaluationReport", how: str) -> str:
    """The report as text. `how` says how the questions were asked."""
    parts = [
        f"reader {visible(report.reader)}: {counted(report.questions, 'question')}, {how}",
        _scores(report),
        _coverage(report),
        *([figures] if (figures := _figures(report)) else []),
        *([_recall(report)] if report.recall else []),
        _outcomes(report),
    ]
    if report.failures:
        reasons = "\n".join(f"  {visible(name)}: {visible(why)}" for name, why in list(report.failures.items())[:5])
        failed = counted(len(report.failures), "question")
        parts.append(f"{failed} could not be asked, counted as unanswered:\n{reasons}")
    parts.append(f"{report.questions_per_second:.1f} questions a second")
    return "\n\n".join(parts)


def _scores(report: "EvaluationReport") -> str:
    scores, abstains = report.scores, report.scores.no_answer is not None
    exact, f1 = report.figures.get("exact"), report.figures.get("f1")
    rows = [["", "EM", "", "F1", "", "questions"]]
    total = f"{report.questions:,}"
    answers = f"abstaining below {report.threshold:.0%}" if abstains else "best answers"
    rows.append([answers, f"{scores.exact:.2f}", _interval(exact, 1), f"{scores.f1:.2f}", _interval(f1, 1), total])
    if abstains:
        rows += [
            _part("  answerable", scores.has_answer),
            _part("  unanswerable", scores.no_answer),
            _part("never abstaining, answerable", report.answerable),
            ["best threshold", *_best(report.best_exact), *_best(report.best_f1), total],
        ]
    text = columns([row for row in rows if row])
    if exact and exact.interval:
        text += f"\n(95% intervals, by resampling the {report.resampling_unit})"
    return text


def _part(name: str, part: PartScores | None) -> list[str]:
    return [name, f"{part.exact:.2f}", "", f"{part.f1:.2f}", "", f"{part.total:,}"] if part else []


def _best(best: BestThreshold | None) -> list[str]:
    return [f"{best.value:.2f}", f"below {best.threshold:.0%}"] if best else ["", ""]


def _interval(figure: "Figure | None", digits: int) -> str:
    if figure is None or figure.interval is None:
        return ""
    low, high = figure.interval
    return f"({low:.{digits}f}–{high:.{digits}f})"


def _coverage(report: "EvaluationReport") -> str:
    current = next(row for row in report.coverage if row.threshold == report.threshold)
    sentence = f"At the threshold of {report.threshold:.0%}, {current.answered:.0%} of the questions get an answer"
    if current.right is not None:
        sentence += f"; {current.right:.0%} of these answers are right (F1 of {RIGHT} or more)"
    both = current.unanswerable is not None and current.answerable is not None
    rows = [["threshold", "answered", "of them right"]]
    if both:
        rows[0] += ["answerable answered", "unanswerable answered"]
    for row in report.coverage:
        mark = " *" if row.threshold == report.threshold else ""
        cells = [f"{row.threshold:.0%}{mark}", f"{row.answered:.1%}", _percent(row.right)]
        rows.append([*cells, _percent(row.answerable), _percent(row.unanswerable)] if both else cells)
    return "\n".join([sentence + ".", "", columns(rows)])


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _figures(report: "EvaluationReport") -> str:
    """The metrics that the table of scores doesn't have."""
    return columns(
        [
            [figure.label, f"{figure.value:.{figure.digits}f}", _interval(figure, figure.digits)]
            for name, figure in report.figures.items()
            if name not in {"exact", "f1"}
        ]
    )


def _recall(report: "EvaluationReport") -> str:
    header = ["an accepted answer is in the best", *(f"{k}" for k in report.recall), "windows"]
    return columns([header, ["", *(f"{share:.1%}" for share in report.recall.values()), ""]])


def _outcomes(report: "EvaluationReport") -> str:
    rows: list[list[str]] = []
    for title, outcomes in (("answerable questions", _ANSWERABLE), ("unanswerable questions", _UNANSWERABLE)):
        counts = {outcome: report.outcomes[outcome] for outcome in outcomes}
        total = sum(counts.values())
        if not total:
            continue
        rows.append([title, f"{total:,}", ""])
        for outcome, number in counts.items():
            if outcome is not QuestionOutcome.RETRIEVAL_MISSED or report.recall:
                rows.append([f"  {outcome}", f"{number:,}", f"{number / total:.1%}"])
    return columns(rows)


def worst_as_text(worst: Sequence[Mapping[str, Any]]) -> str:
    """The wrong answers with the highest probabilities."""
    lines = ["the most confident wrong answers:"]
    for one in worst:
        expected = " | ".join(one["accepted"]) if one["accepted"] else "(no answer)"
        lines += [
            "",
            f"{one['probability']:.0%}  {one_line(one['question'])}",
            f"     answered: {one_line(one['answer'])}",
            f"     expected: {one_line(expected)}",
            f"     {one['outcome']}; {visible(one['id'])}" + (f", {visible(one['place'])}" if one["place"] else ""),
        ]
    return "\n".join(lines)


def comparison_as_text(
    first: "EvaluationReport", second: "EvaluationReport", differences: "Mapping[str, Comparison]"
) -> str:
    """Two readers side by side."""
    rows = [["", visible(first.reader), visible(second.reader), "difference", "", "p"]]
    for name, figure in first.figures.items():
        if name not in second.figures:
            continue
        digits = figure.digits
        rows.append([figure.label, f"{figure.value:.{digits}f}", f"{second.figures[name].value:.{digits}f}"])
        if name in differences:
            found = differences[name]
            low_high = f"({found.interval[0]:+.{digits}f} to {found.interval[1]:+.{digits}f})" if found.interval else ""
            rows[-1] += [f"{found.difference:+.{digits}f}", low_high, f"{found.p:.4f}"]
    rows.append(["questions a second", *(f"{report.questions_per_second:.1f}" for report in (first, second))])
    text = columns(rows)
    if differences:
        text += f"\n(p: paired randomization test, swapping the {first.resampling_unit})"
    return f"{text}\n{_verdict(first, second, differences['f1'])}" if "f1" in differences else text


def _verdict(first: "EvaluationReport", second: "EvaluationReport", f1: "Comparison") -> str:
    if f1.p >= 0.05:
        return "the difference in F1 may be chance"
    better = second if f1.difference > 0 else first
    return f"{visible(better.reader)} has the better F1: a difference this large is chance less than once in 20 times"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Align rows in columns: the first to the left, the others to the right."""
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(size) if column else cell.ljust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in filled
    )


def calibration_as_text(fitted: "CalibrationFit") -> str:
    """What fitting a calibration changed, and the effect of the threshold."""
    lines = []
    if fitted.kept:
        lines.append(f"The calibration is unchanged: {fitted.kept}.")
    else:
        errors = [f"{error:.3f}" for error in (fitted.error_before, fitted.error_after)]
        thresholds = [f"{choice.threshold:.0%}" for choice in (fitted.before, fitted.choice)]
        lines.append(columns([["", "before", "after"], ["threshold", *thresholds], ["calibration error", *errors]]))
        lines.append("(calibration error after: on held-out questions)")
    return "\n".join([*lines, "", _effect_of_threshold(fitted)])


def _effect_of_threshold(fitted: "CalibrationFit") -> str:
    if fitted.precision is None:
        return f"At the threshold of {fitted.choice.threshold:.0%} no question gets an answer."
    effect = (
        f"At the threshold of {fitted.choice.threshold:.0%}, {fitted.shown:.0%} of the questions get an answer, "
        f"and {fitted.precision:.0%} of these answers are right."
    )
    if fitted.wanted is not None and not fitted.reached:
        return f"No threshold makes {fitted.wanted:.0%} of the answers right; this one comes closest.\n{effect}"
    return effect
