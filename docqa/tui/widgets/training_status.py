"""The progress and the outcome of a training run, as text."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from docqa.errors import DocqaError
from docqa.terminal_text import visible, visible_lines
from docqa.tui.formatting import bar
from docqa.tui.state.training import TrainingProgress, TrainingState, duration
from docqa.tui.styling import MUTED, error_lines
from docqa.wording import counted

_MIN_QUESTIONS = 10  # With fewer held-out questions, one right answer more changes the scores by over ten points.


def progress_text(training: TrainingProgress) -> Content:
    """Describe a running training: stage, progress, loss, speed, time left."""
    head = f"» {training.stage_name}"
    if training.total:
        head += f"\n{bar(training.step / training.total, 24)} {training.step:,} of {training.total:,}"
    if training.stage != "training":
        return Content.styled(head, "$text-accent")
    losses = list(training.losses.values())
    parts = [f"loss {losses[-1]:.3f}, initially {losses[0]:.3f}"] if losses else []
    parts += [f"{training.rate:.1f} passages a second"] if training.rate else []
    parts += [f"{duration(training.seconds_left)} left"] if training.seconds_left is not None else []
    return Content.styled(f"{head} steps", "$text-accent") + Content("\n" + " · ".join(parts))


def keys_hint(training: TrainingProgress, *, quitting: bool) -> Content:
    """Say what the keys do while a training runs."""
    if quitting:
        text = "docqa quits when the training has stopped. Press Ctrl+Q again to quit now."
    elif training.state is TrainingState.STOPPING:
        text = "Press x again to stop now and keep only the previous checkpoint."
    else:
        text = "Esc closes this screen; the training continues. x saves a checkpoint and stops."
    return Content.styled(text, MUTED)


def outcome_lines(training: TrainingProgress) -> Iterator[Content]:
    """Describe how a training ended, and what the user can do next."""
    name = visible(training.name)
    if training.state is TrainingState.DONE:
        yield from _done_lines(training)
    elif training.error is not None:
        yield from error_lines(training.error)
        yield Content("")
        if training.resumable:
            yield Content(f"The last checkpoint of {name} is saved. Enter resumes it, n starts another training.")
        else:
            yield Content("Enter returns to the form.")
    else:
        yield Content.styled("■ stopped", "bold $text-warning")
        if training.resumable:
            yield Content(f"The checkpoint of {name} is saved, even if you quit docqa.")
            yield Content("Enter resumes it with the same result as an uninterrupted run. d discards it.")
        else:
            yield Content("Nothing was trained yet. Enter returns to the form.")


def _done_lines(training: TrainingProgress) -> Iterator[Content]:
    from docqa.models.metadata import training_record
    from docqa.training.report import remarks, table

    name, previous = visible(training.name), visible(training.previous)
    record = training_record(training.report["training"])
    if training.better:
        yield Content.styled(f"✓ {name} is better on the held-out pairs", "bold $text-success")
    else:
        yield Content.styled(f"∅ {name} is not better on the held-out pairs", "bold $text-warning")
    yield Content("")
    yield from (Content(line) for line in table(record))
    yield Content("")
    yield from (Content(visible_lines(line)) for line in remarks(record))
    held_out = record.metrics.after.test.total
    if held_out < _MIN_QUESTIONS:
        few = f"Evaluated on only {counted(held_out, 'question')}, so the scores mean little. Add more pairs."
        yield Content.styled(few, "$text-warning")
    yield Content.styled(f"Loss curve: {visible_lines(training.report['folder'])}/loss.png", MUTED)
    yield Content("")
    if training.better:
        yield Content(f"docqa uses it from the next start. Enter uses it now; k keeps {previous}.")
        yield Content("Using it now reopens the documents. Your answers stay; ask again to update them.")
    else:
        yield Content(f"docqa keeps using {previous}. More pairs from more passages help most.")
        yield Content(f"u uses {name} anyway; M changes back.")


def unfinished_lines(names: Sequence[str], failure: DocqaError | None) -> list[Content]:
    """Offer to resume the newest of the unfinished runs."""
    lines = [Content.styled(f"■ The training of {visible(names[0])} was interrupted.", "bold $text-warning")]
    if len(names) > 1:
        lines.append(Content.styled(f"Older interrupted runs: {visible(', '.join(names[1:]))}.", MUTED))
    return [
        *lines,
        Content(""),
        Content("Enter resumes it with the same result as an uninterrupted run."),
        Content("d discards it. n starts another training."),
        *([Content.styled(f"✗ {visible_lines(str(failure))}", "bold $text-error")] if failure else []),
    ]
