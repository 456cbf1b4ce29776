"""Make the list of common English words, by which docqa judges hyphens at the ends of lines.

    python -m benchmarks.common_words SQUAD_FILE...

The list in the package is made of the contexts of these training files: squad-train-sentences, squad-train-pieces,
squadshifts-new-wiki, squadshifts-amazon-reviews, squadshifts-reddit, quoref-superni, fairytaleqa-extractive,
hotpot-small, bioasq-factoid, nq-open-oracle, qamr, tatqa-text, qed-nq-dev: 2.6 million words. It has the 20,000 most
common ones, which are counts, not text: words that are written in lower case at least three times, and not hardly ever,
as names are.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from benchmarks.measuring import ROOT
from docqa.files import read_json_object

_LIST = ROOT / "docqa" / "documents" / "pdf" / "common_words.txt"
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_SIZE = 20_000
_MIN_COUNT = 3
_NAME = 0.15
"""A word is a name if it is in lower case less often than this, relative to its other occurrences."""


def main() -> None:
    """Count the words and write the list, most common first."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.common_words",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="SQUAD_FILE")
    args = parser.parse_args()
    lower: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for file in args.files:
        articles = read_json_object(file)["data"]
        contexts = {paragraph["context"] for article in articles for paragraph in article["paragraphs"]}
        for word in (word for context in contexts for word in _WORD.findall(context)):
            (lower if word.islower() else other)[word.lower()] += 1
    counts = [
        (count + other[word], word)
        for word, count in lower.items()
        if len(word) > 1 and word.isalpha() and count >= max(_MIN_COUNT, _NAME * other[word])
    ]
    words = [word for _, word in sorted(counts, key=lambda pair: (-pair[0], pair[1]))[:_SIZE]]
    _LIST.write_text("\n".join(words) + "\n", "utf-8")
    print(f"{len(words):,} words in {_LIST}")


if __name__ == "__main__":
    main()
