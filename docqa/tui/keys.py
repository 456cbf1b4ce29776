"""The keys that work anywhere in the app, and those of the inline app. A pane or screen has its own in `BINDINGS`.

`id` names a binding in config.toml. `description` is shown in the footer, `tooltip` in the help, in the command palette
and in docs/keys.md (`make keys`). `check_action` of the app or of the main screen says when a key does nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from textual.binding import Binding, BindingType

_COPY = Binding("y", "copy", "Copy", tooltip="Copy the answer with its citation", id="answers.copy")
_READ_ALL = Binding(
    "x", "read_all", "Search all", tooltip="Search every passage for this question", id="question.read_all"
)

KEYS: list[BindingType] = [
    # With priority, as `/` below: letters typed right after the key, or sent with it over a slow connection, belong to
    # the question. Without, they would be keys, and a "w" or "c" among them would save a correction.
    Binding("i", "focus_question", "Ask", tooltip="Go to the question input", id="question.focus", priority=True),
    Binding("right_square_bracket", "move(1)", "Next", show=False, tooltip="Select the next answer", id="answers.next"),
    Binding(
        "left_square_bracket",
        "move(-1)",
        "Previous",
        show=False,
        tooltip="Select the previous answer",
        id="answers.previous",
    ),
    Binding(
        "ctrl+r",
        "recall",
        "Recall",
        show=False,
        tooltip="Choose an earlier question",
        id="question.recall",
        priority=True,
    ),
    Binding(
        "Y", "copy_passage", "Passage", show=False, tooltip="Copy the passage with its citation", id="answers.quote"
    ),
    Binding("e", "export", "Export", show=False, tooltip="Write questions and answers to a file", id="answers.export"),
    _COPY,
    Binding("c", "confirm", "Right", tooltip="Mark the answer as right", id="feedback.right"),
    Binding(
        "w",
        "correct",
        "Wrong",
        tooltip="Mark the answer as wrong and say what is right; or undo",
        id="feedback.wrong",
    ),
    # With priority, so that letters typed right after the key are part of the note.
    Binding("a", "note", "Note", show=False, tooltip="Write a note on the answer", id="answers.note", priority=True),
    Binding("asterisk", "pin", "Pin", show=False, tooltip="Pin the answer, or unpin it", id="answers.pin"),
    _READ_ALL,
    Binding("u", "show_newer", "New answers", tooltip="Show the answers found since", id="answers.newer"),
    Binding(
        "h",
        "show_questions",
        "Questions",
        show=False,
        tooltip="Go to the list of questions",
        id="questions.focus",
    ),
    Binding(
        "t",
        "matrix",
        "Matrix",
        show=False,
        tooltip="Ask questions of each document: questions down, documents across",
        id="matrix.open",
    ),
    Binding(
        "M", "models", "Models", show=False, tooltip="Choose, pull or compare readers and encoders", id="models.choose"
    ),
    Binding("comma", "settings", "Settings", show=False, tooltip="Show and change the settings", id="settings.show"),
    Binding("T", "train", "Train", show=False, tooltip="Train a reader on the corrections", id="training.open"),
    # With priority, so that it works over any screen.
    Binding("question_mark", "help", "Keys", tooltip="Show every key and what it does", id="app.help", priority=True),
    Binding(
        "O", "open", "Open", show=False, tooltip="Open more documents, or replace the open ones", id="documents.open"
    ),
    Binding("d", "toggle_documents", "Documents", tooltip="Show or hide the documents", id="documents.toggle"),
    Binding("r", "reopen", "Reopen", tooltip="Open what failed, was cancelled or has changed", id="documents.reopen"),
    Binding("z", "zoom", "Zoom", tooltip="Show the pane with the focus alone, or all panes again", id="panes.zoom"),
    Binding(
        "escape",
        "cancel",
        "Cancel",
        show=False,
        tooltip="Cancel the question or opening, end finding, or leave the input",
        id="app.cancel",
    ),
    Binding(
        "ctrl+p",
        "command_palette",
        "Palette",
        show=False,
        tooltip="Search all commands",
        priority=True,
        id="app.palette",
    ),
    Binding("ctrl+q", "quit", "Quit", tooltip="Quit docqa", priority=True, id="app.quit"),
]

DOCUMENT_KEYS: list[BindingType] = [
    Binding(
        "v",
        "show_evidence",
        "Evidence",
        show=False,
        tooltip="Go to the evidence: how likely each part is to contain the answer",
        id="document.evidence",
    ),
    Binding("slash", "find", "Find", tooltip="Find text in the document", id="document.find", priority=True),
    Binding("escape", "open_hits(True)", "Hits", tooltip="Go back from a hit's page to the hits", id="hits.back"),
    Binding("escape", "unzoom", "All panes", tooltip="Show all panes again", id="panes.all"),
    Binding("s", "select", "Select", show=False, tooltip="Select the right answer on the page", id="document.select"),
    Binding("g", "go_to", "Go to", show=False, tooltip="Go to a page or section", id="document.go_to"),
    Binding("n", "match(1)", "Next match", show=False, tooltip="Go to the next match", id="page.next_match"),
    Binding(
        "N", "match(-1)", "Previous match", show=False, tooltip="Go to the previous match", id="page.previous_match"
    ),
    Binding("m", "next_location", "More", tooltip="Go to the answer's next location", id="answers.location"),
    Binding(
        "D", "compare", "Compare", tooltip="Compare the answers of the documents side by side", id="answers.compare"
    ),
    Binding("o", "view", "View", show=False, tooltip="Open the document in the system's viewer", id="document.view"),
    Binding(
        "q", "leave", "Leave", show=False, tooltip="Quit, if pressed twice; close any other screen", id="app.leave"
    ),
    Binding("b", "go_back", "Back", show=False, tooltip="Go back to where you were", id="document.back"),
]
"""Keys of the main screen, which need its panes."""

INLINE_KEYS: list[BindingType] = [
    # With priority, so that letters typed right after the key are part of the question.
    Binding("enter,i,a", "focus_question", "Ask", tooltip="Ask another question", priority=True, id="question.focus"),
    Binding("right_square_bracket,j,down", "move(1)", "Next", tooltip="Select the next answer", id="answers.next"),
    Binding(
        "left_square_bracket,k,up",
        "move(-1)",
        "Previous",
        tooltip="Select the previous answer",
        id="answers.previous",
    ),
    _COPY,
    _READ_ALL,
    Binding("escape", "leave", "Leave", tooltip="Cancel the question, leave its input, or quit", id="app.cancel"),
    Binding("q", "quit", show=False, tooltip="Quit", id="inline.quit"),
    Binding("ctrl+c", "interrupt", show=False, tooltip="Quit with exit code 130", priority=True, id="inline.interrupt"),
]
"""Keys of the app under the prompt."""

_NOT_IN_PALETTE = {
    "ctrl+r",
    "ctrl+p",
    "ctrl+q",
    "q",
}  # Earlier questions, the palette itself, and what Textual adds to it.


def palette(display: Callable[[Binding], str], keymap: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the title, key and action of each command in the palette.

    `display` formats a binding's key. `keymap` has the user's keys by binding id.
    """
    yield "Find text in all documents", "/ /", "screen.open_hits"
    for namespace, bindings in (("", KEYS), ("screen.", DOCUMENT_KEYS)):
        seen = {"open_hits(True)"}
        for binding in Binding.make_bindings(bindings):
            if binding.key not in _NOT_IN_PALETTE and binding.action not in seen:
                seen.add(binding.action)
                key = keymap.get(binding.id or "", binding.key).partition(",")[0].strip()
                yield binding.tooltip, display(replace(binding, key=key)), f"{namespace}{binding.action}"
