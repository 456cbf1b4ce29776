"""The documentation matches the code: generated pages are current, links resolve, dependencies are explained."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support.samples import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md"])
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for target in LINK.findall(_prose(page)):
        path, _, anchor = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:docqa|tests|docs|sample_docs)/[\w/.-]+)`", _prose(page))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {target.partition("#")[0] for target in LINK.findall(index)}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= linked | {"README.md"}


def test_generated_pages_are_current() -> None:
    code = (
        "import generate; from pathlib import Path;"
        "assert generate.api_page() == (generate.DOCS / 'api.md').read_text(encoding='utf-8');"
        "assert generate.configuration_page() == (generate.DOCS / 'configuration.md').read_text(encoding='utf-8')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make docs`\n{done.stderr}"


def test_the_man_pages_are_current() -> None:
    code = (
        "import man_pages;"
        "written = {page.name: page.read_text(encoding='utf-8') for page in man_pages.FOLDER.iterdir()};"
        "assert man_pages.pages() == written"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make docs`\n{done.stderr}"


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "man").iterdir()), ids=lambda page: page.name)
def test_man_shows_the_page(page: Path) -> None:
    command = ["man", "--warnings", "-E", "UTF-8", "-l", str(page)]
    shown = subprocess.run(command, env=os.environ | {"MANWIDTH": "80"}, capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    plain = re.sub(r"\x1b\[[\d;]*m|.\x08", "", shown.stdout)
    name = page.stem.replace("docqa-", "docqa ", 1)
    assert f"SYNOPSIS\n       {name} " in plain and "DESCRIPTION" in plain


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in declared}  # type: ignore[index]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Dependencies")[2]
    explained = {name for row in page.splitlines() for name in re.findall(r"[\w-]+", "".join(row.split("|")[1:3]))}
    assert names <= explained


def test_every_module_is_in_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    top = {path.stem for path in (ROOT / "docqa").iterdir() if path.suffix == ".py" and path.stem[0] != "_"}
    packages = {f"{path.parent.name}/" for path in (ROOT / "docqa").glob("*/__init__.py")}
    assert {name for name in top | packages if f"`{name}`" not in page} == set()


def _prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub generates for a page's headings."""
    titles = re.findall(r"^#+ (.*)$", _prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
