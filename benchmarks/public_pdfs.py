"""Public PDFs, most of them odd, through docqa: what crashes, hangs or is refused, and the words that are kept.

    python -m benchmarks.public_pdfs FOLDER... [--python PYTHON] [--limit SECONDS] [--against BEFORE.json]

Made for the test files of mozilla/pdf.js (test/pdfs), py-pdf/sample-files, jsvine/pdfplumber and pdfminer/pdfminer.six,
which are not part of this project: clone them anywhere. Each file is parsed in a process of its own, by the docqa of
PYTHON's environment (this one's by default), and is "read", "refused" with a message, "crash" or "hang" (after the time
limit). The words are those that pdftotext (poppler) finds, and the share of them that docqa's text has, too, counting
repetitions; "run together" are those that it has only if white space and hyphens are ignored. Only files with at least
8 words count. With --against, files that got worse since that run are listed, and the exit code is 1 if there are any
that were read before, or kept more words.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks import parsed
from benchmarks.measuring import Report, argument_parser, finish

_FEWEST_WORDS = 8
_WORSE = 0.01  # Of the words: less is a matter of how words are divided.
_SLOWER = 2.0  # Times as long, and at least a second more.
_RANKS = {"read": 0, "refused": 1, "crash": 2, "hang": 2}
_RUNNING_HEADS = ("header", "footer")
_COUNTS = ("running heads", "lines after the body", "notes", "footnotes", "tables")
_WORD = re.compile(r"[^\W_]+")
_BOX = re.compile(r"Page +(\d+) (rot|MediaBox|CropBox): +([-\d. ]+)$")
_IGNORED = re.compile(r"[\W_]+")

Outcome = dict[str, Any]


def outcome(file: Path, python: str, limit: float) -> Outcome:
    """Parse one file in another process, and describe what came of it."""
    try:
        process = subprocess.run(parsed.command(python, file), capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"status": "hang"}
    if process.returncode:
        last = process.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return {"status": "crash", "message": last[0] if last else f"exit code {process.returncode}"}
    document = json.loads(process.stdout)
    if "refused" in document:
        message = document["refused"].replace(str(file), file.name)
        return {"status": "refused", "message": message, **_kept(pdftotext(file, limit), "")}
    kinds = Counter(kind for kind, *_ in document["blocks"])
    after_body = sum(start >= document["body_end"] for start, *_ in document["lines"])
    return {
        "status": "read",
        "pages": document["pages"],
        "seconds": round(document["seconds"], 3),
        "warnings": document["warnings"],
        "running heads": sum(kinds[kind] for kind in _RUNNING_HEADS) if kinds else after_body,
        "lines after the body": after_body,
        "notes": kinds["note"],
        "footnotes": kinds["footnote"],
        "tables": len(document["tables"]),
        **_kept(pdftotext(file, limit), document["text"]),
    }


def pdftotext(file: Path, limit: float) -> str:
    """Return the file's text by pdftotext, "" if it has none to give within the time limit.

    Printers' marks outside a page's crop box, which no viewer shows, are left out.
    """
    return "".join(
        _poppler("pdftotext", "-enc", "UTF-8", *area, file, "-", limit=limit) for area in _areas(file, limit)
    )


def _areas(file: Path, limit: float) -> list[list[str]]:
    """Return the options of pdftotext for each page, if pages are cropped, else those for the whole file: none."""
    boxes: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for line in _poppler("pdfinfo", "-box", "-f", "1", "-l", "99999", file, limit=limit).splitlines():
        if match := _BOX.match(line):
            page, name, numbers = match.groups()
            boxes[page][name] = [float(number) for number in numbers.split()]
    pages = [page for page in boxes.items() if {"rot", "MediaBox", "CropBox"} <= page[1].keys()]
    if all(page["rot"] != [0] or page["MediaBox"] == page["CropBox"] for _, page in pages):
        return [[]]
    areas = []
    for number, page in pages:
        left, _, _, top = page["MediaBox"]
        x0, y0, x1, y1 = page["CropBox"]
        sides = {"-x": x0 - left, "-y": top - y1, "-W": x1 - x0, "-H": y1 - y0} if page["rot"] == [0] else {}
        areas.append(
            ["-f", number, "-l", number, *(part for side, at in sides.items() for part in (side, f"{at:.0f}"))]
        )
    return areas


def _poppler(*command: object, limit: float) -> str:
    try:
        process = subprocess.run(list(map(str, command)), capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return process.stdout.decode("utf-8", "replace")


def _kept(expected: str, text: str) -> dict[str, int]:
    """Count the words of `expected`, those that `text` has as often, and those that it has run together."""
    wanted, found = _words(expected), _words(text)
    missing = wanted - found
    run_together = _IGNORED.sub("", _folded(text))
    return {
        "words": wanted.total(),
        "kept": wanted.total() - missing.total(),
        "run together": sum(count for word, count in missing.items() if word in run_together),
    }


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\xad", "")


def files_in(folders: list[Path]) -> dict[str, Path]:
    """Return the PDFs below the folders, by their name for reports: the folder's name and the path below it."""
    return {
        f"{folder.name}/{file.relative_to(folder).as_posix()}": file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() == ".pdf" and file.is_file()
    }


def summary(outcomes: dict[str, Outcome]) -> dict[str, Any]:
    """Count the outcomes, and sum up those that were read."""
    read = [each for each in outcomes.values() if each["status"] == "read"]
    worded = [each for each in read if each["words"] >= _FEWEST_WORDS]
    refused = [each for each in outcomes.values() if each["status"] == "refused"]
    words = max(1, sum(each["words"] for each in worded))
    return {
        "files": len(outcomes),
        **Counter(each["status"] for each in outcomes.values()),
        "refused, though pdftotext finds words": sum(each["words"] >= _FEWEST_WORDS for each in refused),
        "read, with words": len(worded),
        "words kept": f"{sum(each['kept'] for each in worded) / words:.2%} of {words:,}",
        "words kept or run together": f"{sum(map(_found, worded)) / words:.2%}",
        "words kept or run together, mean of files": f"{statistics.fmean(map(_share, worded)):.2%}" if worded else "",
        **{name: sum(each[name] for each in read) for name in _COUNTS},
        "warnings": sum(len(each["warnings"]) for each in read),
        "seconds": round(sum(each["seconds"] for each in read), 1),
    }


def worse(before: Outcome, after: Outcome) -> str | None:
    """Say in what a file got worse, None if it did not."""
    if _RANKS[after["status"]] > _RANKS[before["status"]]:
        message = f": {after['message']}" if "message" in after else ""
        return f"{before['status']}, now {after['status']}{message}"
    if before["status"] != "read" or after["status"] != "read":
        return None
    if before["words"] >= _FEWEST_WORDS and (lost := _share(before) - _share(after)) > _WORSE:
        return f"words kept: {_share(before):.1%}, now {_share(after):.1%} ({round(lost * before['words'])} words)"
    if after["seconds"] > max(_SLOWER * before["seconds"], before["seconds"] + 1):
        return f"{before['seconds']:.2f} s, now {after['seconds']:.2f} s"
    return None


def _found(each: Outcome) -> int:
    return int(each["kept"]) + int(each["run together"])


def _share(each: Outcome) -> float:
    return _found(each) / int(each["words"])


def _progress(done: int, of: int, name: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of} {name[:60]:60}", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "public_pdfs")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--python", default=sys.executable, help="of the environment whose docqa is run")
    parser.add_argument("--limit", type=float, default=60, metavar="SECONDS", help="for one file (default: 60)")
    parser.add_argument("--against", type=Path, metavar="FILE", help="the --json of an earlier run")
    args = parser.parse_args()
    if not shutil.which("pdftotext"):
        raise SystemExit(
            "pdftotext is not installed (package poppler-utils): its words are what docqa's are compared with"
        )
    files = files_in(args.folders)
    outcomes: dict[str, Outcome] = {}
    for number, (name, file) in enumerate(files.items(), 1):
        _progress(number, len(files), name)
        outcomes[name] = outcome(file, args.python, args.limit)
    for name, each in outcomes.items():
        if each["status"] in {"crash", "hang"}:
            print(f"{each['status']}: {name}: {each.get('message', '')}")
    before = json.loads(args.against.read_text(encoding="utf-8"))["outcomes"] if args.against else {}
    complaints = {
        name: complaint
        for name, each in outcomes.items()
        if name in before and (complaint := worse(before[name], each))
    }
    for name, complaint in complaints.items():
        print(f"worse: {name}: {complaint}")
    report = Report("public_pdfs", figures=summary(outcomes))
    finish(report, args.json, {"outcomes": outcomes, "worse": complaints})
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
