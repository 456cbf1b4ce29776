"""The commands, one module each. What `docqa --help` says of them stands here, so that it imports none of them."""

from typing import NamedTuple


class Command(NamedTuple):
    """The module below this package that has `add_parser`, and a line about the command."""

    module: str
    about: str


COMMANDS = {
    "ask": Command("ask", "ask a question of documents and print the answers"),
    "open": Command("open_app", "open documents in the app and ask question after question"),
    "serve": Command("serve", "open documents in the app, in a browser"),
    "finetune": Command("finetune", "train the reader on your own question-answer pairs"),
    "eval": Command("evaluate", "measure how right the answers to question–answer pairs are"),
    "calibrate": Command("calibrate", "make the probability that a reader shows mean what it says"),
    "models": Command("models", "list, download and choose models"),
    "completion": Command("completion", "print shell completion"),
}
