"""A training as the app knows it: what its process told so far, and how that is said (pure)."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from textual.content import Content

from docqa.errors import DocqaError
from docqa.tui.formatting import MUTED, bar, counted, flat, plain

_TAIL = 5  # Lines that are no events, of which the last are shown where a process ends without a word.


_TELLING = 10  # Held-out questions below which one more right answer moves the figures by over ten points.


class TrainingState(Enum):
    """Where a training stands."""

    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class TrainingProgress:
    """One run of `docqa finetune`. Only the event loop's thread changes it."""

    name: str
    before: str = ""
    """The reader that was chosen when it began."""
    state: TrainingState = TrainingState.RUNNING
    stage: str = ""
    step: int = 0
    total: int = 0
    rate: float = 0.0
    """Windows a second."""
    seconds_left: float | None = None
    losses: dict[int, float] = field(default_factory=dict)
    """By step."""
    trained: bool = False
    """Whether it came so far that it trained."""
    notes: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    error: DocqaError | None = None
    kept: bool = False
    """Whether it can be gone on with."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """What `docqa finetune --json` printed, once it is done."""

    @property
    def going(self) -> bool:
        """Whether its process runs."""
        return self.state in {TrainingState.RUNNING, TrainingState.STOPPING}

    @property
    def better(self) -> bool:
        """Whether the new reader was better, and is the chosen one now."""
        return bool(self.report.get("better"))

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take note of one thing that the process told."""
        match event.get("event"):
            case "progress":
                self._advance(event)
            case "note":
                # Whose note it is, is plain here; a terminal is shared.
                self.notes.append(str(event["text"]).removeprefix("docqa: "))
            case "error":
                self.error = DocqaError(str(event["message"]), str(event["hint"]))
            case "line":
                self.tail = [*self.tail, str(event["text"])][-_TAIL:]
            case _:
                pass  # Of a later docqa, perhaps.

    def _advance(self, event: Mapping[str, Any]) -> None:
        self.stage, self.step, self.total = str(event["stage"]), int(event["step"]), int(event["total"])
        self.trained |= self.stage == "training"
        self.rate = float(event.get("rate", 0.0))
        self.seconds_left = event.get("seconds_left")
        if "loss" in event:
            self.losses[self.step] = float(event["loss"])

    def end(self, code: int, report: Mapping[str, Any], error: DocqaError | None, *, kept: bool) -> None:
        """Take note of how the process ended: with an exit code, less than 0 where a signal ended it."""
        self.kept = kept
        self.report = report
        self.error = error or self.error
        if code == 0 and report:
            self.state = TrainingState.DONE
        elif self.error is None and (self.state is TrainingState.STOPPING or code == 130):
            self.state = TrainingState.STOPPED
        else:
            self.state = TrainingState.FAILED
            self.error = self.error or _unexplained(code, self.tail)

    @property
    def brief(self) -> str:
        """How it stands, in a word or two for the header."""
        if self.state is TrainingState.RUNNING and self.stage == "training" and self.total:
            return f"training {self.step / self.total:.0%}"
        return f"training: {self._stage()}" if self.going else f"training {self.state.value}: T"

    def standing(self) -> Content:
        """How a training that is going stands, in lines."""
        head = f"» {self._stage()}"
        if self.total:
            head += f"\n{bar(self.step / self.total, 24)} {self.step:,} of {self.total:,}"
        if self.stage != "training":
            return Content.styled(head, "$text-accent")
        losses = list(self.losses.values())
        parts = [f"loss {losses[-1]:.3f}, {losses[0]:.3f} at first"] if losses else []
        parts += [f"{self.rate:.1f} windows a second"] if self.rate else []
        parts += [f"{duration(self.seconds_left)} left"] if self.seconds_left is not None else []
        return Content.styled(f"{head} steps", "$text-accent") + Content("\n" + " · ".join(parts))

    def _stage(self) -> str:
        if self.state is TrainingState.STOPPING:
            return "stopping, with a checkpoint"
        whom = "new" if self.trained else "base"
        return {
            "": "starting",
            "reading pairs": "reading the pairs",
            "tokenizing": "cutting the windows",
            "asking": f"measuring the {whom} reader",
        }.get(self.stage, flat(self.stage))

    def outcome(self) -> Iterator[Content]:
        """What came of it, and what can be done now: lines."""
        if self.state is TrainingState.DONE:
            yield from self._done()
        elif self.error is not None:
            yield Content.styled(f"✗ {plain(self.error.message)}", "bold $text-error")
            if self.error.hint:
                yield Content(f"→ {plain(self.error.hint)}")
            yield Content("")
            if self.kept:
                yield Content(f"What was trained of {self.name} is kept: Enter goes on with it, n begins another one.")
            else:
                yield Content("Enter goes back to what is to be trained.")
        else:
            yield Content.styled("■ stopped", "bold $text-warning")
            if self.kept:
                yield Content(f"What was trained of {self.name} is kept, also when docqa is closed.")
                yield Content("Enter goes on with it, to the same result as without the break. d discards it.")
            else:
                yield Content("Nothing was trained yet. Enter goes back to what is to be trained.")

    def _done(self) -> Iterator[Content]:
        from docqa.models.metadata import training_record
        from docqa.training.report import remarks, table

        training = training_record(self.report["training"])
        if self.better:
            yield Content.styled(f"✓ {self.name} is better on the held-out pairs", "bold $text-success")
        else:
            yield Content.styled(f"∅ {self.name} is not better on the held-out pairs", "bold $text-warning")
        yield Content("")
        yield from (Content(line) for line in table(training))
        yield Content("")
        yield from (Content(plain(line)) for line in remarks(training))
        held_out = training.metrics.after.test.total
        if held_out < _TELLING:
            few = f"Measured on {counted(held_out, 'question')} only: that tells little. More pairs tell more."
            yield Content.styled(few, "$text-warning")
        yield Content.styled(f"The loss as a picture: {plain(self.report['folder'])}/loss.png", MUTED)
        yield Content("")
        old = flat(self.before)
        if self.better:
            yield Content(f"docqa reads with it from the next start on. Enter uses it at once; k keeps {old}.")
            yield Content("The documents are opened anew; what was asked keeps its answers, and can be asked again.")
        else:
            yield Content(f"docqa goes on with {old}. More pairs about more places help most.")
            yield Content(f"u uses {self.name} all the same; M changes back.")


def duration(seconds: float) -> str:
    """A time in the two units that matter."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def _unexplained(code: int, tail: Sequence[str]) -> DocqaError:
    if code < 0:
        name = str(-code)
        with suppress(ValueError):
            name = signal.Signals(-code).name
        why = ": most often because the memory ran out" if name == "SIGKILL" else ""
        return DocqaError(
            f"the training was ended from outside ({name}){why}",
            "close what else needs memory; where it is never enough, docqa finetune has a smaller --batch-size",
        )
    said = " ".join(line.strip() for line in tail) or f"it ended with the code {code} and said nothing"
    return DocqaError(f"the training failed: {said}")
