"""Training a reader on corrections or other pairs. Training continues while the screen is closed."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from threading import Event
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Sparkline, Static

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.terminal_text import visible, visible_lines
from docqa.tui.state.training import TrainingFacts, TrainingPairs, TrainingProgress, TrainingState
from docqa.tui.styling import joined
from docqa.tui.widgets.training_form import TrainingForm
from docqa.tui.widgets.training_status import keys_hint, outcome_lines, progress_text, unfinished_lines
from docqa.tui.workers import training_facts, training_process
from docqa.tui.workers.training_facts import FactsFound, PairsChecked, TrainingBlocked
from docqa.tui.workers.training_process import TrainingEnded, TrainingProcess, TrainingReported
from docqa.userdata import corrections


class TrainingScreen(ModalScreen[None]):
    """The form, the progress and the outcome of a training. There is one training at a time."""

    BINDING_GROUP_TITLE = "While training"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "proceed", "Continue", tooltip="Start, resume, or use the new reader", id="training.proceed"),
        Binding("k", "keep", "Keep", tooltip="Keep the previous reader", id="training.keep"),
        Binding("u", "use", "Use", tooltip="Use the new reader even though it is not better", id="training.use"),
        Binding("x", "stop", "Stop", tooltip="Save a checkpoint and stop", id="training.stop"),
        Binding("d", "discard", "Discard", tooltip="Discard the interrupted training", id="training.discard"),
        Binding("n", "new", "New", tooltip="Start another training", id="training.new"),
        Binding("escape,q", "close", "Close", tooltip="Close; the training continues", id="training.close"),
    ]
    AUTO_FOCUS = ""

    class StatusChanged(Message):
        """The text for the header changed; "" for none."""

        def __init__(self, summary: str) -> None:
            super().__init__()
            self.summary = summary

    class ReaderRequested(Message):
        """The user wants to use the new reader now."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, device: str) -> None:
        """`device` is the setting of that name."""
        super().__init__()
        self._device = device
        self._facts: TrainingFacts | None = None
        self._failure: DocqaError | None = None
        self._pairs: TrainingPairs | None = None
        self._cancel_check = Event()
        self._checked_file = ""
        """The file of pairs that was checked last or is being checked."""
        self._new_run = False
        """Whether to show the form although there is an unfinished run."""
        self._training: TrainingProgress | None = None
        self._process: TrainingProcess | None = None
        self._discarding = ""
        """The run to discard if `d` is pressed again."""
        self._enabled_keys: list[bool | None] = []
        self._on_stopped: Callable[[], object] | None = None

    # --- for the app ---

    @property
    def running(self) -> bool:
        """Whether a training is running."""
        return self._training is not None and self._training.running

    @property
    def quitting(self) -> bool:
        """Whether the app waits for the training to stop before it quits."""
        return self._on_stopped is not None

    def stop(self, on_stopped: Callable[[], object] | None = None) -> None:
        """Save a checkpoint and stop; the second call stops at once. Calls `on_stopped` once it has stopped."""
        self._on_stopped = on_stopped
        self._cancel_check.set()
        if self._process is not None and self._training is not None and self._training.running:
            self._training.state = TrainingState.STOPPING
            self._process.stop()
            self._draw()

    # --- the widgets ---

    def compose(self) -> ComposeResult:
        """Yield the form and the widgets for a training's progress."""
        # Created here, because an input can't be created before there is a screen.
        self.form = TrainingForm()
        self._text = Static(id="training-text")
        self._loss = Sparkline(summary_function=fmean, id="training-loss")
        self._notes = Static(id="training-notes")
        with VerticalScroll(id="training", can_focus=True) as self._box:
            self._box.border_title = "Train a reader"
            yield self.form
            yield self._text
            yield self._loss
            yield self._notes
        yield Footer(show_command_palette=False)

    @on(events.ScreenResume)
    def _shown(self) -> None:
        if self._training is None:
            self._examine_file()
        elif not self._training.running:
            self.post_message(self.StatusChanged(""))
        self._draw()

    def _examine_file(self) -> None:
        self.find_facts(self.form.file)
        self._cancel_check.set()
        self._cancel_check, self._checked_file, self._pairs = Event(), self.form.file, None
        self.check_pairs(self._checked_file, self._cancel_check)
        self._draw()

    # --- workers ---

    @work(thread=True, group="looking", exclusive=True)
    def find_facts(self, file: str) -> None:
        """Find out what to start from, in a thread."""
        training_facts.find_facts(file, self.post_message)

    @work(thread=True, group="checking", exclusive=True)
    def check_pairs(self, file: str, cancel: Event) -> None:
        """Read the pairs, in a thread."""
        training_facts.check_pairs(file, cancel, self.post_message)

    @work(thread=True, group="training")
    def follow(self, process: TrainingProcess, arguments: Callable[[], Sequence[str]]) -> None:
        """Run the command, in a thread."""
        process.run(arguments)

    @work(thread=True, group="discarding")
    def discard(self, name: str) -> None:
        """Delete an unfinished run, which may be large, in a thread."""
        try:
            training_process.discard(name)
        except DocqaError as error:
            self.post_message(TrainingBlocked(error))
        else:
            training_facts.find_facts(str(corrections.file()), self.post_message)

    # --- what they report ---

    @on(FactsFound)
    def _facts_found(self, message: FactsFound) -> None:
        self._facts, self._failure = message.facts, None
        self.form.fill(message.facts)
        self._draw()
        if self._shows_form and self.focused is None and self.is_current:
            self.set_focus(self.form.pairs)

    @on(PairsChecked)
    def _pairs_checked(self, message: PairsChecked) -> None:
        if message.pairs.file == self._checked_file:
            self._pairs = message.pairs
            self._draw()

    @on(Input.Blurred, "#training-pairs")
    def _file_entered(self) -> None:
        if self._shows_form and self._checked_file != self.form.file:
            self._examine_file()

    @on(TrainingBlocked)
    def _training_blocked(self, message: TrainingBlocked) -> None:
        self._failure = message.error
        self._draw()

    @on(TrainingReported)
    def _training_reported(self, message: TrainingReported) -> None:
        if self._training is not None:
            for event in message.events:
                self._training.apply(event)
            self.post_message(self.StatusChanged(self._training.summary))
            self._draw()

    @on(TrainingEnded)
    def _training_ended(self, message: TrainingEnded) -> None:
        training = self._training
        if training is None:
            return
        training.end(message.code, message.report, message.error, resumable=message.resumable)
        if self._on_stopped is not None:
            self._on_stopped()
            return
        self.post_message(self.StatusChanged("" if self.is_current else training.summary))
        if not self.is_current:
            outcome = next(outcome_lines(training)).plain
            self.app.notify(f"The training has ended: {outcome}. Press T for details.", markup=False, timeout=10)
        self._draw()
        self._box.scroll_home(animate=False)

    # --- what the user does ---

    @on(Input.Submitted)
    def action_proceed(self) -> None:
        """Start, resume, or use the new reader, whichever is next."""
        training = self._training
        if training is None:
            self._begin()
        elif training.running:
            pass
        elif training.state is TrainingState.DONE:
            if training.better:
                self.action_use()
        elif training.resumable:
            self._resume(training.name)
        else:
            self.action_new()

    def _begin(self) -> None:
        facts = self._facts
        if facts is None:
            return
        if not self._shows_form:
            self._resume(facts.unfinished[0])
            return
        if self._checked_file != self.form.file:
            self._examine_file()
            return
        base, name = self.form.base, self.form.new_name
        if self._pairs is None or not self._pairs.enough:
            return
        try:
            epochs = self.form.epochs
        except DocqaError as error:
            self.post_message(TrainingBlocked(error))
        else:
            arguments = partial(training_process.start_arguments, self._checked_file, name, base, epochs, self._device)
            self._start(name, arguments)

    def _resume(self, name: str) -> None:
        self._start(name, partial(training_process.resume_arguments, name))

    def _start(self, name: str, arguments: Callable[[], Sequence[str]]) -> None:
        self._training = TrainingProgress(name, previous=self._facts.chosen if self._facts else registry.BUNDLED)
        self._process = TrainingProcess(name, self.post_message)
        self._on_stopped = None
        self.follow(self._process, arguments)
        self.set_focus(self._box)
        self.post_message(self.StatusChanged(self._training.summary))
        self._draw()

    def action_use(self) -> None:
        """Use the new reader from now on."""
        if self.app.check_action("choose_model", ()) is not True:
            self.app.notify("Wait until the documents are open, then press the key again.", markup=False)
        elif self._training is not None:
            self.post_message(self.ReaderRequested(self._training.name))
            self._leave()

    def action_keep(self) -> None:
        """Keep the previous reader."""
        training = self._training
        if training is None:
            return
        try:
            registry.use(training.previous, ModelKind.READER)
        except (DocqaError, OSError) as error:
            self.app.notify(visible_lines(str(error)), markup=False, severity="error", timeout=10)
            return
        text = f"docqa keeps using {training.previous}. Press M to change to {training.name}."
        self.app.notify(visible_lines(text), markup=False)
        self._leave()

    def action_stop(self) -> None:
        """Save a checkpoint and stop; the second time, stop at once."""
        self.stop()

    def action_discard(self) -> None:
        """Discard an interrupted training when pressed twice."""
        name = self._training.name if self._training else self._facts.unfinished[0] if self._facts else ""
        if self._discarding != name:
            self._discarding = name
            self.app.notify(f"Press d again to discard the training of {visible(name)}.", markup=False)
            return
        self.action_new()
        self.discard(name)

    def action_new(self) -> None:
        """Start another training."""
        self._training, self._new_run, self._discarding = None, True, ""
        self.post_message(self.StatusChanged(""))
        self._examine_file()
        self.set_focus(self.form.pairs)

    def action_close(self) -> None:
        """Close; the training continues."""
        if self.running:
            self.dismiss()
        else:
            self._leave()

    def _leave(self) -> None:
        """Close, and forget a training that has ended."""
        if self._training is not None and not self._training.resumable:
            self._training = None
        self._new_run, self._discarding = False, ""
        self.post_message(self.StatusChanged(""))
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; otherwise the footer hides it."""
        training = self._training
        done = training is not None and training.state is TrainingState.DONE
        better = training is not None and training.better
        interrupted = (
            training.resumable if training and not training.running else training is None and not self._shows_form
        )
        if action == "proceed":
            if training is None:
                return self._facts is not None
            return not training.running and (not done or better)
        if action == "use":
            return done and not better
        if action == "keep":
            return done and better
        if action == "stop":
            return self.running and not self.quitting
        if action == "discard":
            return bool(interrupted)
        if action == "new":
            return bool(interrupted) or (done and not better)
        return True

    # --- what is shown ---

    @property
    def _shows_form(self) -> bool:
        """Whether to show the form: there is no training, and no unfinished run to offer."""
        return self._training is None and (self._new_run or self._facts is None or not self._facts.unfinished)

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        training = self._training
        self.form.display = self._shows_form
        self._text.display = not self._shows_form
        self._loss.display = (
            training is not None and len(training.losses) > 1 and training.state is not TrainingState.DONE
        )
        self._notes.display = training is not None and training.running
        if self._shows_form:
            self.form.show(self._pairs, self._failure)
        elif training is None:
            names = self._facts.unfinished if self._facts else ()
            self._text.update(joined(unfinished_lines(names, self._failure)))
        elif training.running:
            title = Content.styled(visible(training.name), "bold")
            self._text.update(title + "\n" + progress_text(training))
            notes = Content(visible_lines("\n".join(training.notes)))
            self._notes.update(joined([notes, Content(""), keys_hint(training, quitting=self.quitting)]))
        else:
            self._text.update(joined(outcome_lines(training)))
        if training is not None:
            self._loss.data = list(training.losses.values())
        self._refresh_keys()

    def _refresh_keys(self) -> None:
        # Rebuilding the footer is too slow to do for every report of the process.
        enabled = [self.check_action(binding.action, ()) for binding in Binding.make_bindings(self.BINDINGS)]
        if enabled != self._enabled_keys:
            self._enabled_keys = enabled
            self.refresh_bindings()
