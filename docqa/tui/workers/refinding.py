"""Finding the answers to a question again, in a worker thread, after documents have changed."""

from typing import TYPE_CHECKING

from docqa.errors import unexpected
from docqa.tui.workers.events import AnswersFound, AnswersMoved, PostEvent, WarningRaised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.documents import Document
    from docqa.earlier_versions import Versions
    from docqa.tui.state.feedback import Verdict
    from docqa.tui.state.session import AskedQuestion


def show_found(asked: "AskedQuestion", newest: "Mapping[str, Document]") -> "Versions":
    """Show what was found for a question, marked where documents have changed since. Returns these, old and new."""
    found = asked.found
    if found is None:
        return {}
    opened = ((document, newest.get(document.name, document)) for document in found.documents)
    versions = {old.name: (old, new) for old, new in opened if new is not old and new.text != old.text}
    asked.result, asked.evidence, asked.best = found.result, found.evidence, found.best
    if versions:
        from docqa.earlier_versions import mark_outdated, outdated_answer

        asked.result = mark_outdated(found.result, versions)
        asked.best = tuple(outdated_answer(one, versions) for one in found.best)
        # Its windows are those of the earlier text.
        asked.evidence = {name: one for name, one in found.evidence.items() if name not in versions}
    return versions


def find_again(before: AnswersFound, verdict: "Verdict | None", versions: "Versions", post: PostEvent) -> None:
    """Find the answers and the marked place in the present versions. Posts `AnswersMoved`, and raises nothing."""
    try:
        post(_found_again(before, verdict, versions))
    except Exception as error:  # noqa: BLE001 - the answers stay marked as of the earlier version
        post(WarningRaised(unexpected(error)))


def _found_again(before: AnswersFound, verdict: "Verdict | None", versions: "Versions") -> AnswersMoved:
    from docqa.earlier_versions import find_answer_again, find_result_again
    from docqa.tui.state.feedback import verdict_again

    newest = {name: new for name, (_, new) in versions.items()}
    return AnswersMoved(
        before.asked,
        before,
        tuple(newest.values()),
        find_result_again(before.result, versions),
        tuple(find_answer_again(answer, versions) for answer in before.best),
        verdict,
        verdict and verdict_again(verdict, newest),
    )
