"""What is asked and typed is kept while the app runs, and offered again after a crash."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker

from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.tui import messages
from docqa.tui.base_app import BaseApp
from docqa.tui.formatting import counted, flat
from docqa.tui.state import file_suggestions, session
from docqa.tui.styling import MUTED, hang, joined
from docqa.tui.workers.tasks import Post
from docqa.userdata import history
from docqa.userdata.crash_recovery import LeftoverSession, SessionFile, SessionState, leftover_sessions

_LISTED = 8  # Questions that are shown of a session.
_KEEP = 0.5  # Seconds after which what is typed is kept: so much of it a crash may cost.


class Recovery:
    """The session's file: written while it goes on, gone after it ended well. Its methods are for worker threads."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._keeper = SessionFile()
        self._written = SessionState()
        self._restored: LeftoverSession | None = None

    def look(self, paths: tuple[str, ...]) -> None:
        """See what a crash left. Posts `SessionLookedFor`."""
        self._post(messages.SessionLookedFor(leftover_sessions(paths)))

    def due(self, state: SessionState) -> bool:
        """Whether a state is to be written: it is another, and something would be lost, or is not any more."""
        return state != self._written and not (state.empty and self._written.empty)

    def write(self, state: SessionState) -> None:
        """Write it. A session that was taken up in this one is kept for as long as this is not."""
        try:
            self._keeper.write(state)
        except DocqaError as error:
            self._post(messages.Troubled(error))
        else:
            if self._restored is not None:
                self._restored.drop()
                self._restored = None
        self._written = state

    def take_up(self, found: LeftoverSession) -> None:
        """It goes on in this session."""
        self._restored = found

    def end(self) -> None:
        """Nothing is to be taken up, and neither is what was a moment ago and is not written as this session's yet."""
        if self._restored is not None:
            self._restored.drop()
        self._keeper.end()


class RestoreScreen(ModalScreen[bool]):
    """What a crash left. Its result: whether it is taken up."""

    BINDING_GROUP_TITLE = "After a crash"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Restore", tooltip="Ask again what was asked", id="restore.take"),
        Binding("escape", "dismiss(False)", "Leave", tooltip="Forget it", id="restore.leave"),
    ]

    def __init__(self, state: SessionState) -> None:
        super().__init__()
        self._state = state

    def compose(self) -> ComposeResult:
        """One text, in a box that scrolls."""
        with VerticalScroll(id="restore") as box:
            box.border_title = Content("A session ended without being quit")
            box.border_subtitle = Content("Enter restores it · Esc forgets it")
            yield Static(id="restore-text")

    def on_resize(self) -> None:
        """Wrap the text to the box, once the box has its size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#restore").scrollable_content_region.width
        self.query_one("#restore-text", Static).update(joined(_lines(self._state, width)))


def _lines(state: SessionState, width: int) -> Iterator[Content]:
    asked = state.asked
    if state.opened:
        named = ", ".join(file_suggestions.relative(path) for path in state.opened[:3])
        more = f" and {counted(len(state.opened) - 3, 'other')}" if len(state.opened) > 3 else ""
        yield from hang(Content(flat(named) + more), width, Content.styled("of  ", MUTED))
    if len(asked) > _LISTED:
        yield Content.styled(f"    {counted(len(asked) - _LISTED, 'question')} before these", MUTED)
    for question in asked[-_LISTED:]:
        yield from hang(Content(flat(question)), width, Content.styled("  ? ", "$text-accent"))
    if state.typed.strip():
        yield from hang(Content(flat(state.typed)), width, Content.styled("  ❯ ", "$text-accent"))
        yield Content.styled("    was being typed", MUTED)


class RecoveringApp(BaseApp):
    """The app, with what a crash would cost of it kept."""

    def __init__(self, paths: Sequence[str], settings: Settings, password: str | None) -> None:
        super().__init__(paths, settings, password)
        self._named = self._loader.paths
        self._recovery = Recovery(self.post_message)
        self._keeping: Worker[None] | None = None

    def on_ready(self) -> None:
        """Look for what a crash left, and begin to keep what one would cost."""
        self.look_for_session()
        self.set_interval(_KEEP, self._keep_session)

    def on_unmount(self) -> None:
        """Nothing is to be taken up, unless the app crashed."""
        if not self.return_code:
            self._recovery.end()

    @work(thread=True, group="looking-back")
    def look_for_session(self) -> None:
        """See whether a crash left a session of these documents, in a thread."""
        if self._settings.cache:
            self._recovery.look(self._named)
        else:
            self.post_message(messages.SessionLookedFor(None))

    @work(thread=True, group="keeping")
    def keep_session(self, state: SessionState) -> None:
        """Keep what a crash would cost, in a thread."""
        self._recovery.write(state)

    @on(messages.SessionLookedFor)
    def _session_looked_for(self, message: messages.SessionLookedFor) -> None:
        left = message.left

        def decided(restored: bool | None) -> None:
            if left is not None and restored:
                self._recovery.take_up(left)
                self._restore(left.state)
                return
            if left is not None:
                self.run_worker(left.drop, thread=True)
            if not self._named:
                self.action_open()

        if left is not None:
            self.push_screen(RestoreScreen(left.state), decided)
        else:
            decided(False)

    def _keep_session(self) -> None:
        asked = [one.question for one in self.session.asked if one.state is not session.QuestionState.CANCELLED]
        state = SessionState(self._named, self._loader.paths, tuple(asked), self.main.question.unasked)
        idle = self._keeping is None or self._keeping.is_finished
        if self._settings.cache and idle and self._recovery.due(state):
            self._keeping = self.keep_session(state)

    def _restore(self, state: SessionState) -> None:
        """Open and ask again what was, and put back what was being typed, before what is typed by now."""
        typed = " ".join(filter(None, [state.typed, self.main.question.value]))
        if history.document_set(state.opened) != history.document_set(self._loader.paths):
            self.open(map(file_suggestions.relative, state.opened), instead=True)
        for question in state.asked:
            self._ask(question)
        self.main.question.value = typed
        self.main.question.cursor_position = len(typed)
        self.main.question.focus()
        self._start_next()
