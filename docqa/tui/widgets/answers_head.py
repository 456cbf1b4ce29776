"""The head of the answers pane: the question, what has been found, and how much was searched, on as few rows as fit."""

from collections.abc import Iterable, Iterator

from textual.content import Content

from docqa.terminal_text import flat
from docqa.tui.formatting import bar
from docqa.tui.state.agreement import count_disagreeing
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.styling import MUTED, error_lines, joined
from docqa.wording import counted, denial, sentence, which

_BETWEEN = " · "


def head(asked: AskedQuestion, waiting_for: str, places: int, width: int, most: int) -> Content:
    """The question and its state; `places` are those in the list, `width` is in cells.

    If it has more than `most` rows, the question is cut to one, and then what is said last is left out.
    """
    question = Content.styled(flat(asked.question), "bold $text-accent")
    if asked.state is QuestionState.FAILED and asked.error is not None:
        return joined([question, *error_lines(asked.error)])
    rows = list(_packed(_parts(asked, waiting_for, places), width))
    if len(rows) == 1 and question.cell_length + 2 + rows[0].cell_length <= width:
        return question + "  " + rows[0]
    if len(question.wrap(width)) + len(rows) > most:
        return joined([question.truncate(width, ellipsis=True), *rows[: max(1, most - 1)]])
    return joined([question, *rows])


def _packed(parts: Iterable[Content], width: int) -> Iterator[Content]:
    """The parts beside each other as far as they fit."""
    row = Content("")
    for part in parts:
        if row and row.cell_length + len(_BETWEEN) + part.cell_length > width:
            yield row
            row = part
        else:
            row = row + Content.styled(_BETWEEN, MUTED) + part if row else part
    yield row


def _parts(asked: AskedQuestion, waiting_for: str, places: int) -> Iterator[Content]:
    """What has been found; then the differences between documents, and between their versions."""
    yield from _state(asked, waiting_for, places)
    others = count_disagreeing(asked.best_of_each)
    if others:
        yield Content.styled(f"≠ another answer in {counted(others, 'document')}{_BETWEEN}D", "$text-warning")
    outdated = sum(answer.outdated for answer in asked.shown)
    if outdated:
        yield Content.styled(f"≠ {counted(outdated, 'answer')} from an earlier version: ask again", "$text-warning")
    if asked.abstained and asked.shown:
        yield Content("Closest passages, best match first:")


def _state(asked: AskedQuestion, waiting_for: str, places: int) -> Iterator[Content]:
    result = asked.marked
    if asked.abstained:
        why = "No answer in these documents"
        if result is not None and result.withheld is not None:
            why = sentence(result.withheld.message)
        if result is not None and result.denied:
            why = sentence(denial(result.denied_documents))
        yield Content.styled(f"∅ {why}", "bold $text-warning")
        yield from _searched(asked)
        if asked.unread:
            yield Content("x searches them all")
    elif asked.state is QuestionState.QUEUED:
        yield Content.styled(f"· waiting for {waiting_for}{_BETWEEN}Esc cancels", MUTED)
    elif asked.state is QuestionState.READING:
        text = "» searching"
        if asked.to_read:
            done = result.windows_read if result and result.windows_read <= asked.to_read else 0
            text = f"» {bar(done / asked.to_read)} {done} of {asked.to_read} passages searched"
        yield Content.styled(f"{text}{_BETWEEN}Esc cancels", MUTED)
        if result and not result.answered:
            yield Content.styled("Nothing likely yet. Closest passages so far:", MUTED)
    elif asked.state is QuestionState.CANCELLED:
        yield Content.styled("■ cancelled", MUTED)
        yield from _searched(asked)
    else:
        answers = len(result.answers) if result else 0
        fewer = f" in {counted(places, 'place')}" if places < answers else ""
        yield Content.styled(f"✓ {counted(answers, 'answer')}{fewer}", MUTED)
        yield from _searched(asked)


def _searched(asked: AskedQuestion) -> Iterator[Content]:
    """How much was searched, and of which documents if not of all."""
    read, total = asked.searched
    told = f"{read} of {total} passages searched" if asked.result is not None else "nothing searched yet"
    yield Content.styled(told, MUTED)
    if asked.only:
        yield Content.styled(f"asked: {which(asked.only)}", MUTED)
