"""Finding the answers to a question again, in a worker thread, after documents have changed."""

from typing import TYPE_CHECKING

from docqa.errors import unexpected
from docqa.tui.workers.events import AnswersFound, AnswersMoved, PostEvent, WarningRaised

if TYPE_CHECKING:
    from docqa.earlier_versions import Versions
    from docqa.tui.state.feedback import Verdict


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
