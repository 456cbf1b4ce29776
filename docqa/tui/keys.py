"""The keys that work anywhere; those of one pane stand with the pane.

`id` names a key for a keymap, and groups it in the palette. `description` is for the footer,
`tooltip` for the help.
"""

from collections.abc import Iterator

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    # With priority, as `/` below: what is typed right after it, or comes with it over a slow line, is in the question
    # already. Else its first letters would be keys, and a "w" or "c" among them would keep a correction.
    Binding("i,a", "focus_question", "Ask", tooltip="Go to the question", id="question.focus", priority=True),
    Binding("n", "move(1)", "Next", show=False, tooltip="Select the next answer", id="answers.next"),
    Binding("p", "move(-1)", "Previous", show=False, tooltip="Select the answer before", id="answers.previous"),
    Binding(
        "ctrl+r",
        "recall",
        "Recall",
        show=False,
        tooltip="Choose a question asked before",
        id="question.recall",
        priority=True,
    ),
    Binding(
        "Y", "copy_passage", "Passage", show=False, tooltip="Copy the passage with its citation", id="answers.quote"
    ),
    Binding("e", "export", "Export", show=False, tooltip="Write questions and answers to a file", id="answers.export"),
    Binding("y", "copy", "Copy", tooltip="Copy the answer with its citation", id="answers.copy"),
    Binding("c", "confirm", "Right", tooltip="Say that the answer is right", id="feedback.right"),
    Binding(
        "w",
        "correct",
        "Wrong",
        tooltip="Say what is right instead, or that nothing is; take it back",
        id="feedback.wrong",
    ),
    Binding("x", "read_all", "Read all", tooltip="Read every window for this question", id="question.read_all"),
    Binding(
        "h",
        "show_questions",
        "Questions",
        show=False,
        tooltip="Go to the questions asked",
        id="questions.focus",
    ),
    Binding(
        "M", "models", "Models", show=False, tooltip="Choose, pull or compare readers and encoders", id="models.choose"
    ),
    Binding("comma", "settings", "Settings", show=False, tooltip="See and change the settings", id="settings.show"),
    Binding("T", "train", "Train", show=False, tooltip="Train a reader on the corrections", id="training.open"),
    Binding("question_mark", "help", "Keys", tooltip="Show every key and what it does", id="app.help"),
    Binding("O", "open", "Open", show=False, tooltip="Open documents: more, or others instead", id="documents.open"),
    Binding("d", "toggle_documents", "Documents", tooltip="Show or hide the documents", id="documents.toggle"),
    Binding(
        "r", "reopen", "Reopen", tooltip="Open again what failed, was cancelled or has changed", id="documents.reopen"
    ),
    Binding(
        "escape",
        "cancel",
        "Cancel",
        show=False,
        tooltip="Cancel the question or the opening, or leave the input",
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
        "weigh",
        "Evidence",
        show=False,
        tooltip="See what each part of the document was worth",
        id="document.evidence",
    ),
    Binding("slash", "find", "Find", tooltip="Find a text in the document", id="document.find", priority=True),
    Binding("s", "select", "Select", show=False, tooltip="Select the right answer on the page", id="document.select"),
    Binding("g", "go_to", "Go to", show=False, tooltip="Go to a page or section", id="document.go_to"),
    Binding("m", "next_place", "More", tooltip="Go to the answer's next place", id="answers.place"),
    Binding("D", "compare", "Compare", tooltip="See each document's answer side by side", id="answers.compare"),
    Binding("o", "view", "View", show=False, tooltip="Open the document in the system's viewer", id="document.view"),
    Binding("b", "go_back", "Back", show=False, tooltip="Go back to where you were", id="document.back"),
]
"""Those that need the panes; nothing may lie over them."""

_NOT_SEARCHED = {"ctrl+r", "ctrl+p", "ctrl+q"}  # The palette itself, what Textual puts into it, and a list of its own.


def palette() -> Iterator[tuple[str, str, str]]:
    """The keys as entries of the command palette: "Answers: Copy", what it does, the action."""
    for namespace, bindings in (("", KEYS), ("screen.", DOCUMENT_KEYS)):
        for binding in Binding.make_bindings(bindings):
            if binding.id and binding.key not in _NOT_SEARCHED:
                title = f"{binding.id.partition('.')[0].capitalize()}: {binding.description}"
                yield title, binding.tooltip, f"{namespace}{binding.action}"
