"""A name leads to one place: no public module or class name occurs twice in docqa, and no file is long or tiny.

Exceptions are named here with their reason. An exception that is no longer one fails, too.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from support.samples import ROOT

MODULES = {
    "__init__": "Python's",
    "agreement": "the screen in screens/, what it shows in state/",
    "calibration": "",
    "comparison": "the screen in screens/, the work that it shows in workers/",
    "evaluation": "",
    "export": "docqa/export.py writes the file; the screen that asks for it is in screens/",
    "formats": "",
    "loading": "of models in models/, of pairs in datasets/",
    "models": "the command in cli/, the screen in screens/; docqa/models/ are the models",
    "report": "of a training in training/, of an evaluation in evaluation/",
    "training": "the screen and the form in screens/, what they show in state/; docqa/training/ trains",
}
CLASSES: dict[str, str] = {}

LONGEST, SHORTEST = 400, 30
LONG: dict[str, str] = {}
SHORT = {
    "documents/source.py": "what every parser gets; imported by processes that must start fast",
    "documents/markdown.py": "one module per format",
    "plotting.py": "matplotlib's set-up, for evaluation and training",
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
