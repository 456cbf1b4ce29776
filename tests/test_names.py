"""Public module and class names are unique in docqa, and no file is too long or too short.

Exceptions are listed here with a reason. An exception that is no longer needed fails, too.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from support.samples import ROOT

MODULES = {
    "__init__": "Python's",
    "agreement": "the screen in screens/, what it shows in state/",
    "comparison": "the screen in screens/, what it shows in state/, the work in workers/",
    "export": "docqa/export.py writes the file; the screen that asks for it is in screens/",
    "formats": "of documents in documents/, of pairs in datasets/",
    "loading": "of documents in documents/, of pairs in datasets/, of models in models/",
    "main": "the entry point in cli/, the main screen in screens/",
    "matrix_export": "docqa/matrix_export.py writes the file; the screen that asks for it is in screens/",
    "models": "docqa/models/ are the models; the command is in cli/, the screen in screens/",
    "reader": "the class in reader/reader.py",
    "report": "of an evaluation in evaluation/, of a training in training/",
    "training": "docqa/training/ trains; the screen is in screens/, what it shows in state/",
}
CLASSES: dict[str, str] = {}

LONGEST, SHORTEST = 400, 30  # Lines.
LONG: dict[str, str] = {}
SHORT = {
    "cli/command_help.py": "a command that only calls argparse",
    "documents/pdf/named_tuples.py": "shared by the stages of a page",
    "documents/pipes.py": "shared by a worker process and the one that started it",
    "plotting.py": "shared by evaluation and training",
    "reader/answer_length.py": "shared by the app and the training",
    "reader/out_of_memory.py": "shared by reading and training",
    "retrieval/retriever.py": "the interface of a retriever",
    "termination.py": "shared by the command, the training and the app",
    "tui/signal_handlers.py": "shared by the two apps",
    "tui/widgets/opening_hint.py": "what the main screen says before the first question",
    "tui/view.py": "the interface of the two apps for their controllers",
}


def test_module_names_are_unique() -> None:
    names = defaultdict(list)
    for file in _files():
        names[file.stem].append(file)
    for package in {file.parent for file in _files()} - {ROOT / "docqa"}:
        names[package.name].append(package)
    assert _twice(names) == set(MODULES)


def test_class_names_are_unique() -> None:
    names = defaultdict(list)
    for file in _files():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                names[node.name].append(file)
    assert _twice(names) == set(CLASSES)


def test_files_are_of_a_readable_length() -> None:
    lengths = {
        str(file.relative_to(ROOT / "docqa")): len(file.read_text(encoding="utf-8").splitlines()) for file in _files()
    }
    assert {name for name, lines in lengths.items() if lines > LONGEST} == set(LONG)
    counted = {name for name, lines in lengths.items() if lines < SHORTEST and not name.endswith("__.py")}
    assert counted == set(SHORT)


def _files() -> Iterable[Path]:
    return sorted((ROOT / "docqa").rglob("*.py"))


def _twice(names: dict[str, list[Path]]) -> set[str]:
    return {name for name, places in names.items() if len(places) > 1}
