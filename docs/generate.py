"""Write docs/api.md from the docstrings of `docqa.__all__`, and the tables of configuration.md and finetuning.md.

`make docs` runs it; tests check that the pages are current.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import docqa
from docqa import config
from docqa.training import hyperparameters

DOCS = Path(__file__).parent

# Where the types are defined that the public ones use.
_MODULES = ("docqa.array_store", "docqa.documents", "docqa.engine", "docqa.search_state", "docqa.aligned_table")

_PREFACE = """\
# Python API

Generated from the docstrings by `make docs`. Everything here is imported from `docqa`, with type annotations:

```python
import docqa

report = docqa.open("report.pdf", top=3)
result = report.ask("Who retired as Harbour Master?")
for answer in result.answers:
    print(answer.text, answer.page_label, answer.line_start, answer.probability)
```

`report.documents[0].text[answer.start:answer.end]` is always `answer.text`. A document knows its headings, paragraphs,
lists and tables, and an answer in a table the headings of its row and of its column:

```python
document = report.documents[0]
for block in document.blocks:
    print(block.kind, document.text[block.start : block.end])
for table in document.tables:
    print(table.grid(document.text))
```

[Text](text.md) lists the kinds of blocks. To read a file without a model, use
`docqa.documents.parse(docqa.documents.read("report.pdf"))`. To add document formats, retrievers, reader backends or
metrics, see [extending](extending.md).
"""


def api_page() -> str:
    """The contents of docs/api.md."""
    names = sorted(set(docqa.__all__) - {"__version__"}, key=lambda name: (name != "open", name.lower()))
    entries = ["\n\n".join(_entry(name, getattr(docqa, name))) + "\n" for name in names]
    return "\n".join([_PREFACE, *entries, *_other_types("\n".join(entries))])


def configuration_page() -> str:
    """The contents of docs/configuration.md, with the table of settings renewed."""
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    return re.sub(r"\| setting \|.*?(?=\n\n)", lambda _: config.table(), page, count=1, flags=re.DOTALL)


def finetuning_page() -> str:
    """The contents of docs/finetuning.md, with the table of hyperparameters renewed."""
    page = (DOCS / "finetuning.md").read_text(encoding="utf-8")
    return re.sub(r"\| flag \|.*?(?=\n\n)", lambda _: hyperparameters.table(), page, count=1, flags=re.DOTALL)


def _other_types(entries: str) -> Iterator[str]:
    """A table of docqa's classes that the entries name in types, but `docqa` doesn't export."""
    yield "## Other types\n"
    yield "| type | module | |\n|---|---|---|"
    code = " ".join(re.findall(r"(?<=```python\n).*(?=\n```)|(?<=` \| `).*?(?=` \|)", entries))
    for name in sorted(set(re.findall(r"\b[A-Z]\w+", code)) - set(docqa.__all__)):
        for module in _MODULES:
            value = vars(import_module(module)).get(name)
            if getattr(value, "__module__", "").startswith(module):
                text = " ".join(_text(_node(value)).partition("\n\n")[0].split())
                yield f"| `{name}` | `{module}` | {text} |"
    yield ""


def _entry(name: str, value: Any) -> Iterator[str]:
    node = _node(value)
    yield f"## `{name}`"
    if isinstance(node, ast.FunctionDef):
        yield _code(node)
        yield _text(node)
    elif isinstance(node, ast.ClassDef):
        init = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
        if init is not None:
            yield _code(init, name)
        yield _text(node)
        fields = [*_fields(node), *(_attributes(init) if init else ())]
        if fields:
            yield "\n".join(["| attribute | type | |", "|---|---|---|", *fields])
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                yield _code(method)
                yield _text(method)


def _node(value: Any) -> ast.stmt:
    """The source of a class or function, with quoted annotations unquoted and private types left out."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    for function in ast.walk(node):
        if isinstance(function, ast.FunctionDef) and isinstance(function.returns, ast.Constant):
            quoted = function.returns.value
            if isinstance(quoted, str):
                private = quoted.startswith("_")
                function.returns = None if private else ast.parse(quoted, mode="eval").body
    return node


def _fields(node: ast.ClassDef) -> Iterator[str]:
    """Rows for the annotated attributes of a class; the string below an attribute describes it."""
    for position, statement in enumerate(node.body):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        name = statement.target.id
        if name.startswith("_"):
            continue
        following = node.body[position + 1] if position + 1 < len(node.body) else None
        text = ""
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = " ".join(str(following.value.value).split())
        elif node.name == "Settings":
            text = config.about(name).text
        yield _row(name, ast.unparse(statement.annotation), text)


def _attributes(init: ast.FunctionDef) -> Iterator[str]:
    """Rows for the public attributes that a constructor takes over from its parameters."""
    types = {argument.arg: argument.annotation for argument in [*init.args.args, *init.args.kwonlyargs]}
    for statement in init.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Attribute) and not target.attr.startswith("_") and types.get(target.attr):
            yield _row(target.attr, ast.unparse(types[target.attr]), "")  # type: ignore[arg-type]


def _row(name: str, kind: str, text: str) -> str:
    kind = kind.replace("|", "\\|").strip("'")
    return f"| `{name}` | `{kind}` | {text} |".replace("|  |", "| |")


def _code(function: ast.FunctionDef, name: str = "") -> str:
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    if decorators & {"property", "cached_property"}:
        line = f"{function.name}: {ast.unparse(function.returns) if function.returns else ''}"
    else:
        arguments = function.args
        arguments.args = [argument for argument in arguments.args if argument.arg not in {"self", "cls"}]
        defaults = re.sub(r"(?<=\S)=(?=\S)", " = ", ast.unparse(arguments))
        line = f"{name or function.name}({defaults}){'' if name else result}"
    return f"```python\n{line}\n```"


def _text(node: ast.stmt) -> str:
    return ast.get_docstring(node) or "" if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""


def main() -> None:
    """Write the pages."""
    (DOCS / "api.md").write_text(api_page(), encoding="utf-8")
    (DOCS / "configuration.md").write_text(configuration_page(), encoding="utf-8")
    (DOCS / "finetuning.md").write_text(finetuning_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
