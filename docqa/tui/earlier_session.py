"""Going on with an earlier session in the app: what the user is asked, and what is shown then."""

from datetime import datetime
from typing import TYPE_CHECKING

from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.state.file_suggestions import PickedDocuments, relative

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp
    from docqa.userdata.sessions import KeptSession


class EarlierSession:
    """Goes on with a session that a crash left, that the user asked for, or whose documents were picked."""

    def __init__(self, app: "DocqaApp") -> None:
        self._app = app

    def offer(self, session: "KeptSession | None", *, resume: bool = False) -> None:
        """Go on with a session, having asked unless told to `resume`. Without it, and without paths, open documents."""

        def decided(restore: bool | None) -> None:
            if session is not None and restore:
                if resume:
                    at = datetime.fromisoformat(session.state.at).astimezone()
                    self._app.say(f"Going on with the session of {at:%Y-%m-%d %H:%M}.")
                self._restore(session)
                return
            if session is not None:
                self._app.recovery.discard(session)
            elif resume:
                self._app.say("There is no earlier session to go on with.")
            if not self._app.recovery.paths:
                self._app.action_open()

        if session is None or resume:
            decided(session is not None)
        else:
            self._app.push_screen(RestoreScreen(session.state), decided)

    def go_on(self, picked: PickedDocuments, session: "KeptSession | None") -> None:
        """Open documents with the questions that were asked of them in an earlier session, if it is still there."""
        if session is None:
            self._app.questions.open(picked.paths, replace=picked.instead)
        else:
            self._restore(session, instead=picked.instead or not self._app.main.documents.rows)

    def _restore(self, session: "KeptSession", *, instead: bool = True) -> None:
        main = self._app.main
        main.documents.tick(map(relative, session.state.ticked))
        main.question.edit(self._app.recovery.restore(session, main.question.value, instead=instead))
        if main.question.value or not self._app.questions.session.asked:
            main.set_focus(main.question)
        else:
            main.set_focus(main.answers.list)
