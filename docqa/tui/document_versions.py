"""The newest version of each document, and the answers in those that have changed since."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.events import AnswersMoved, KeptFound, PostEvent
from docqa.tui.workers.refinding import Earlier, find_again, find_kept

if TYPE_CHECKING:
    from docqa.documents import Document

Start = Callable[[str, Callable[[], None]], None]
"""Runs something in a worker thread; a group names what it does."""


class DocumentVersions:
    """Marks what a question found in earlier versions of documents, and has it found again."""

    def __init__(self, start: Start, post: PostEvent) -> None:
        self.newest: dict[str, Document] = {}
        """The version of each document that was opened last."""
        self._start = start
        self._post = post

    def opened(self, document: "Document", questions: Iterable[AskedQuestion]) -> None:
        """Look at all answers again: a document was opened."""
        self.newest[document.name] = document
        for asked in questions:
            self.refind(asked)
            self.check_kept(asked)

    def take_moved(self, event: AnswersMoved) -> bool:
        """Take what was found again; return whether it is still of use."""
        asked = event.asked
        newest = all(self.newest.get(document.name) is document for document in event.documents)
        if asked.found is not event.before or not newest:
            return False  # It was asked again meanwhile, or a document changed again.
        if event.before is not None:
            asked.result, asked.best = event.result, event.best
        if asked.marks is event.marked:
            asked.marks = event.marks
        return True

    def take_kept(self, event: KeptFound) -> bool:
        """Take what was found of an earlier session; return whether it is still of use."""
        asked = event.asked
        if asked.kept is not event.kept or asked.pending:
            return False  # It was asked again meanwhile.
        if asked.marks is event.kept.marks:
            asked.marks = event.marks
        asked.kept, asked.found = None, event.found
        self.refind(asked)
        return True

    def refind(self, asked: AskedQuestion) -> None:
        """Show what was found and marked. Of documents that have changed since it is marked until found again."""
        found = asked.found
        versions: dict[str, tuple[Document, Document]] = {}
        if found is not None:
            opened = ((document, self.newest.get(document.name, document)) for document in found.documents)
            versions = {old.name: (old, new) for old, new in opened if new is not old and new.text != old.text}
            asked.result, asked.evidence, asked.best = found.result, found.evidence, found.best
        if versions and found is not None:
            from docqa.earlier_versions import mark_outdated, outdated_answer

            asked.result = mark_outdated(found.result, versions)
            asked.best = tuple(outdated_answer(one, versions) for one in found.best)
            # Its windows are those of the earlier text.
            asked.evidence = {name: one for name, one in found.evidence.items() if name not in versions}
        marks = asked.marks
        if marks is not None:
            from docqa.tui.state.feedback import outdated_marks

            marks = outdated_marks(marks, self.newest)
            asked.marks = asked.marks if marks == asked.marks else marks
        if versions or (marks is not None and marks.outdated):
            newest = {name: new for name, (_, new) in versions.items()} if marks is None else dict(self.newest)
            earlier = Earlier(asked, found, asked.marks, versions)
            self._start("finding again", partial(find_again, earlier, newest, self._post))

    def check_kept(self, asked: AskedQuestion) -> None:
        """Mark what an earlier session kept and is no longer where it was, until it has been looked for."""
        if asked.kept is not None and asked.found is None:
            from docqa.kept_results import found_in

            now = found_in(asked.kept, list(self.newest.values()), search=False)
            asked.result, asked.best = now.result, now.best

    def find_kept(self, questions: "Iterable[AskedQuestion]", documents: "Sequence[Document]") -> None:
        """Look for the answers of an earlier session in all documents that are open."""
        restored = [asked for asked in questions if asked.kept is not None and not asked.pending]
        if restored:
            self._start("finding again", partial(find_kept, restored, documents, self._post))
