"""A training run as reported by its process, and what it starts from (pure)."""

import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from docqa.errors import DocqaError
from docqa.terminal_text import visible

if TYPE_CHECKING:
    from docqa.datasets import LoadReport

_TAIL = 5  # Lines of other output kept, to explain a process that fails without an error.


class TrainingState(Enum):
    """The state of a training run."""

    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class TrainingProgress:
    """One run of `docqa finetune`. Only the event loop's thread changes it."""

    name: str
    previous: str = ""
    """The reader in use when the run began."""
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
    """Whether the training stage was reached."""
    notes: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    error: DocqaError | None = None
    resumable: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)
    """The output of `docqa finetune --json`, once it is done."""

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self.state in {TrainingState.RUNNING, TrainingState.STOPPING}

    @property
    def better(self) -> bool:
        """Whether the new reader was better, and is therefore the chosen one now."""
        return bool(self.report.get("better"))

    def apply(self, event: Mapping[str, Any]) -> None:
        """Update the state from one event of the process. Unknown events are ignored."""
        match event.get("event"):
            case "progress":
                self._advance(event)
            case "note":
                # The command's prefix is for a shared terminal.
                self.notes.append(str(event["text"]).removeprefix("docqa: "))
            case "error":
                self.error = DocqaError(str(event["message"]), str(event["hint"]))
            case "line":
                self.tail = [*self.tail, str(event["text"])][-_TAIL:]
            case _:
                pass

    def _advance(self, event: Mapping[str, Any]) -> None:
        self.stage, self.step, self.total = str(event["stage"]), int(event["step"]), int(event["total"])
        self.trained |= self.stage == "training"
        self.rate = float(event.get("rate", 0.0))
        self.seconds_left = event.get("seconds_left")
        if "loss" in event:
            self.losses[self.step] = float(event["loss"])

    def end(self, code: int, report: Mapping[str, Any], error: DocqaError | None, *, resumable: bool) -> None:
        """Record how the process ended. A negative exit code is the signal that ended it."""
        self.resumable = resumable
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
    def summary(self) -> str:
        """The state in a word or two, for the header."""
        if self.state is TrainingState.RUNNING and self.stage == "training" and self.total:
            return f"training {self.step / self.total:.0%}"
        return f"training: {self.stage_name}" if self.running else f"training {self.state.value}: T"

    @property
    def stage_name(self) -> str:
        """The current stage, for display."""
        if self.state is TrainingState.STOPPING:
            return "stopping, saving a checkpoint"
        evaluated = "new" if self.trained else "base"
        return {
            "": "starting",
            "reading pairs": "reading the pairs",
            "tokenizing": "preparing the texts",
            "asking": f"evaluating the {evaluated} reader",
        }.get(self.stage, visible(self.stage))


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What a new training run can start from."""

    readers: tuple[str, ...]
    """Readers that can be fine-tuned."""
    chosen: str
    """The reader in use according to `docqa models use`."""
    base: str
    """The suggested reader to start from."""
    name: str
    """A free name for the new reader."""
    unfinished: tuple[str, ...]
    """Runs that can be resumed, newest first."""


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """The result of reading a file of pairs. `report` is None if it can't be read."""

    file: str
    report: "LoadReport | None" = None
    split: str = ""
    """How the pairs are split for training and testing, in words."""
    error: DocqaError | None = None

    @property
    def enough(self) -> bool:
        """Whether they suffice for training."""
        return self.report is not None and self.error is None


def duration(seconds: float) -> str:
    """Format a duration in its two most significant units."""
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
        why = ", usually because memory ran out" if name == "SIGKILL" else ""
        return DocqaError(
            f"the training was killed ({name}){why}",
            "close other programs, or run docqa finetune with a smaller --batch-size",
        )
    output = " ".join(line.strip() for line in tail) or f"exit code {code}, no output"
    return DocqaError(f"the training failed: {output}")
