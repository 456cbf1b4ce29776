"""Whether cited pages and lines have the answers, checked by other libraries than the one that docqa reads PDFs with.

    python -m benchmarks.citations [QUESTIONS FOLDER] [--verbose]

QUESTIONS is a JSON list of {question, document}, or {file: {"questions": [{question}]}}, about documents in FOLDER; by
default the sample documents' and, where they are, those of ../shared/data/dev/folder and ../shared/realdocs. Each
question is asked of its own document at docqa's defaults. All answers that docqa gives or holds back, up to five, are
checked with all their locations: `second_path.Place` says what may be found. The lines of text and Markdown files are
looked up in the file itself, those of a PDF among the blocks of `docqa text --json`. Every line of every PDF is
checked in the same way, whatever is asked. --verbose prints what is wrong, and the exceptions.
"""

import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import ROOT, Claim, Report, argument_parser, finish
from benchmarks.second_path import Place, SecondPath
from docqa.answers import Answer, Citation, Result
from docqa.config import Settings
from docqa.document_text import as_dict
from docqa.documents import Document
from docqa.engine import Engine

_FIVE = 5
_SHARED = ROOT.parent / "shared"
SETS = (
    (ROOT / "sample_docs" / "questions.json", ROOT / "sample_docs"),
    (_SHARED / "data" / "dev" / "folder" / "pairs.json", _SHARED / "data" / "dev" / "folder"),
    (_SHARED / "realdocs" / "questions.json", _SHARED / "realdocs" / "pdfs"),
)
WRONG = (Place.ELSEWHERE, Place.NOWHERE)
_WORD = re.compile(r"[^\W_]+")


@dataclass
class Checked:
    """What became of all citations of answers, of all lines of PDFs, and of the numbers of the cited lines."""

    citations: Counter[Place] = field(default_factory=Counter)
    over_page_ends: int = 0
    on_one_page: int = 0
    """Citations of a text that stands on no other page: these checks say most."""
    lines: Counter[Place] = field(default_factory=Counter)
    line_numbers: Counter[bool] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    """One for each that is wrong or an exception."""


def questions_by_file(questions: Path, folder: Path) -> dict[Path, list[str]]:
    """The questions about each document."""
    content = json.loads(questions.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        return {folder / name: [one["question"] for one in each["questions"]] for name, each in content.items()}
    asked: dict[Path, list[str]] = defaultdict(list)
    for one in content:
        asked[folder / one["document"]].append(one["question"])
    return asked


def check(document: Document, results: Iterable[Result], checked: Checked) -> None:
    """Check all citations of all answers from one document, and all of its lines if it is a PDF."""
    file = Path(document.name)
    pages = SecondPath(file) if document.page_count else None
    blocks = as_dict(document, None)["blocks"]
    file_lines = [] if pages else file.read_text(encoding="utf-8").split("\n")
    if pages:
        _check_lines(document, pages, checked)
    for place in _distinct_places(results):
        text = document.text[place.start : place.end]
        if pages:
            _check_page(pages, document, place, checked)
            right = any(_begins_in(place, block) for block in blocks)
        else:
            right = stands_in(text, file_lines[place.line_start - 1 : place.line_end])
        checked.line_numbers[right] += 1
        if not right:
            checked.notes.append(f"{_cited(place)}, not in these lines: {text!r}")


def _distinct_places(results: Iterable[Result]) -> Iterator[Answer | Citation]:
    """Yield every place of every answer once."""
    seen = set()
    for result in results:
        for answer in [*result.answers, *result.closest][:_FIVE]:
            places: tuple[Answer | Citation, ...] = (answer, *answer.other_locations)
            for place in places:
                if (place.start, place.end) not in seen:
                    seen.add((place.start, place.end))
                    yield place


def _check_page(pages: SecondPath, document: Document, place: Answer | Citation, checked: Checked) -> None:
    text = document.text[place.start : place.end]
    if place.page == place.page_end:
        found = pages.find(text, place.page or 0)
    else:
        parts = parts_by_page(document, place)
        found = max((pages.find(part, page) for page, part in parts), key=list(Place).index)
        if [page for page, _ in parts] != [place.page, place.page_end]:
            found = Place.ELSEWHERE
    checked.citations[found] += 1
    checked.over_page_ends += place.page != place.page_end
    checked.on_one_page += pages.pages_with(text) <= 1
    if found not in {Place.PAGE, Place.POPPLER}:
        checked.notes.append(f"{_cited(place)}, {found}: {text!r}")


def parts_by_page(document: Document, place: Answer | Citation) -> list[tuple[int, str]]:
    """The pages that a span is on, each with what of it is there."""
    lines = document.lines
    first, last = lines.starts.searchsorted([place.start, place.end - 1], side="right") - 1
    parts: dict[int, str] = {}
    for line in range(first, last + 1):
        start, end = max(place.start, int(lines.starts[line])), min(place.end, int(lines.ends[line]))
        page = int(lines.pages[line])
        parts[page] = f"{parts.get(page, '')} {document.text[start:end]}".strip()
    return list(parts.items())


def _check_lines(document: Document, pages: SecondPath, checked: Checked) -> None:
    lines = document.lines
    columns = (array.tolist() for array in (lines.starts, lines.ends, lines.pages, lines.numbers))
    for start, end, page, number in zip(*columns, strict=True):
        text = document.text[start:end]
        if not text.strip():
            continue
        found = pages.find(text, page)
        checked.lines[found] += 1
        if found in WRONG:
            checked.notes.append(f"{Path(document.name).name}, page {page}, line {number}, {found}: {text!r}")


def _begins_in(place: Answer | Citation, block: dict[str, int]) -> bool:
    """Whether a block of `docqa text --json` has the beginning of a place, and the line that is cited for it."""
    first, last = (block["page"], block["line_start"]), (block["page_end"], block["line_end"])
    return block["start"] <= place.start < block["end"] and first <= (place.page or 0, place.line_start) <= last


def stands_in(text: str, lines: Sequence[str]) -> bool:
    """Whether the first of some lines has a text's first word, the last its last, and they together all of its words.

    Between words there may be anything, such as the address of a link.
    """
    words = _WORD.findall(text)
    within = [_WORD.findall(html.unescape(line)) for line in lines]
    if not words or not within:
        return not words
    rest = iter([word for line in within for word in line])
    return words[0] in within[0] and words[-1] in within[-1] and all(word in rest for word in words)


def _cited(place: Answer | Citation) -> str:
    pages = f"page {place.page}" if place.page == place.page_end else f"pages {place.page}–{place.page_end}"
    where = f"{pages}, " if place.page else ""
    return f"{Path(place.document).name}, {where}lines {place.line_start}–{place.line_end}"


def measure(sets: Iterable[tuple[Path, Path]], *, verbose: bool) -> Report:
    """Check all questions of the sets."""
    report = Report("citations")
    engine = Engine(Settings(top=_FIVE))
    for questions, folder in sets:
        checked = Checked()
        for file, asked in questions_by_file(questions, folder).items():
            collection = engine.open([file])
            check(collection.documents[0], map(collection.ask, asked), checked)
        name = folder.name if folder.name != "pdfs" else folder.parent.name
        wrong = sum(checked.citations[place] for place in WRONG)
        report.claims.append(
            Claim(f"{name}: citations of PDFs that are wrong", "pypdf, poppler", "<=", 0, wrong, unit="")
        )
        other = checked.line_numbers[False]
        report.claims.append(
            Claim(f"{name}: cited lines that are wrong", "the file, the text", "<=", 0, other, unit="")
        )
        report.figures[name] = {
            "citations of PDFs": {str(place): checked.citations[place] for place in Place if checked.citations[place]},
            "over a page's end": checked.over_page_ends,
            "of a text that one page has": checked.on_one_page,
            "lines of PDFs": {str(place): checked.lines[place] for place in Place if checked.lines[place]},
            "cited lines": checked.line_numbers.total(),
        }
        if verbose:
            print("\n".join(checked.notes))
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "citations")
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    sets = [(args.questions, args.folder)] if args.folder else [each for each in SETS if each[0].is_file()]
    finish(measure(sets, verbose=args.verbose), args.json)


if __name__ == "__main__":
    main()
