"""The screens about models, settings and training, and what follows from what the user does there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import App

from docqa import config
from docqa.errors import DocqaError, unexpected
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.tui.controller import QuestionController
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.comparison import ComparisonScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.state.choices import Choice
from docqa.tui.state.comparison import comparable
from docqa.tui.view import View
from docqa.tui.workers.comparison import ComparisonRequest

if TYPE_CHECKING:
    from docqa.tui.workers.document_loader import MakeEngine


class ModelScreens:
    """Shows the screens, and keeps those whose work goes on when they are closed: pulls, comparisons, trainings."""

    def __init__(
        self,
        app: App[None],
        view: View,
        questions: QuestionController,
        *,
        flags: Mapping[str, Any],
        password: str | None,
        make_engine: "MakeEngine",
    ) -> None:
        """`flags` are the settings given on the command line; `make_engine` is for comparisons."""
        self.training = TrainingScreen(questions.settings.device)
        app.install_screen(self.training, "training")
        self._app = app
        self._view = view
        self._questions = questions
        self._flags = dict(flags)
        self._password = password
        self._make_engine = make_engine
        self._models: ModelsScreen | None = None
        self._comparison: ComparisonScreen | None = None

    # --- models ---

    def show_models(self) -> None:
        """Show the readers and encoders on this machine."""
        if self._models is None:
            self._models = ModelsScreen(self._in_use)
            self._app.install_screen(self._models, "models")
        self._app.push_screen(self._models)

    @property
    def _in_use(self) -> dict[ModelKind, str]:
        return {ModelKind.READER: self._questions.reader, ModelKind.ENCODER: self._questions.encoder}

    def engine_started(self) -> None:
        """Show which models are in use now."""
        if self._models is not None:
            self._models.show_used(self._in_use)

    def use_model(self, kind: ModelKind, name: str) -> None:
        """Answer with the model that the user chose, which the registry has noted, from now on."""
        settings, setting = self._questions.settings, kind.value
        configured = getattr(settings, setting)
        if configured:  # Settings have precedence over the choice, so change them for this session.
            self._flags[setting] = name
            settings = config.with_value(settings, setting, name)
            self._view.say(f"For this session only: the settings name {configured} as the {setting}.")
        self._questions.use_settings(settings, model_changed=True)

    def compare(self, other: str) -> None:
        """Show what the reader named `other` answers to the questions of this session."""
        asked, collection = tuple(comparable(self._questions.session.asked)), self._questions.collection
        if collection is None or not asked:
            self._view.say("There is nothing to compare yet: ask a question first.")
            return
        screen, request = self._comparison, ComparisonRequest(collection, other, asked, self._make_engine)
        if screen is None or screen.request != request or screen.cancel.is_set():
            if screen is not None:
                self._app.uninstall_screen(screen)
                screen.remove()
            screen = self._comparison = ComparisonScreen(request, self._password)
            self._app.install_screen(screen, "comparison")
        self._app.push_screen(screen)

    def show_settings(self) -> None:
        """Show the settings and where each is from."""
        self._app.push_screen(SettingsScreen(self._questions.settings, self._flags, self._in_use))

    # --- training ---

    def show_training(self) -> None:
        """Show the training in progress, or the form that starts one."""
        self._app.push_screen(self.training)

    def use_trained(self, name: str) -> None:
        """Answer with a reader that was just trained."""
        try:
            registry.use(name, ModelKind.READER)
        except DocqaError as error:
            self._view.warn(error)
        except OSError as error:
            self._view.warn(unexpected(error))
        else:
            self.use_model(ModelKind.READER, name)

    def quit(self) -> None:
        """Quit the app. If a training is running, ask first and then stop it; the second time, stop it at once."""
        if not self.training.running:
            self._app.exit()
        elif self.training.quitting:
            self.training.stop(self._app.exit)
        elif self._app.screen.id != "quitting":
            choices = [
                Choice("Save a checkpoint and quit; T resumes the training next time", True),
                Choice("Keep training", False),
            ]
            screen = ChooseScreen[bool]("A training is running", "Press Enter to choose", lambda _: choices, nothing="")
            screen.id = "quitting"
            self._app.push_screen(screen, self._stop_and_quit)

    def _stop_and_quit(self, chosen: bool | None) -> None:
        if not chosen:
            return
        self.training.stop(self._app.exit)
        if self.training.running and not self.training.is_active:
            self.show_training()
        elif not self.training.running:
            self._app.exit()
