"""Questions asked of many documents: the one that a question names is found, and none is hidden by the others."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from reportlab.pdfgen import canvas

from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.engine import Engine
from docqa.progress import Monitor
from docqa.retrieval import bm25
from docqa.retrieval.bm25 import terms
from docqa.retrieval.document_names import DocumentNames, asked_words, name_words
from docqa.retrieval.window_order import WindowOrder

# The clauses of every contract, in this order. Between them each has paragraphs that are the same in all.
CLAUSES = (
    "This agreement begins on the first day of {month} and has no fixed end.",
    "The supplier is paid {fee} euros a month, within two weeks of the invoice.",
    "Either party may end this agreement by giving {days} days' notice in writing.",
    "Disputes are heard by the courts of {town}.",
)
FORM = (
    "The supplier does the work with the care that can be expected of the trade, keeps records of it, and shows them "
    "on request. The client gives access to the site, names a person who answers questions, and reports defects "
    "without delay. What either of them learns of the other's affairs is kept secret, also after the agreement ended. "
) * 3
DETAILS: tuple[dict[str, object], ...] = (
    {"month": "March", "fee": "1,250", "days": 14, "town": "Aarhus"},
    {"month": "June", "fee": "2,400", "days": 30, "town": "Lyon"},
    {"month": "May", "fee": "980", "days": 45, "town": "Graz"},
    {"month": "April", "fee": "3,175", "days": 60, "town": "Cork"},
    {"month": "July", "fee": "1,760", "days": 75, "town": "Porto"},
    {"month": "August", "fee": "2,050", "days": 90, "town": "Turku"},
)
PARTIES = ("Brightwater", "Norwell", "Castell", "Ibex", "Lindgren", "Oakham")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Settings(device="cpu", precision="float32", threshold=0), ArrayStore(None))


def contract(details: dict[str, object], opening: str) -> list[str]:
    """The paragraphs of a contract, some 900 words long."""
    return [opening, *(part for clause in CLAUSES for part in (FORM, clause.format(**details), FORM))]


def by_party(folder: Path) -> list[Path]:
    """The party is named in the opening alone."""
    files = []
    for number, (party, details) in enumerate(zip(PARTIES, DETAILS, strict=True)):
        opening = f"Services agreement between {party} Limited, the client, and Hale & Sons, the supplier"
        files.append(folder / f"scan-{number:03}.txt")
        files[-1].write_text("\n\n".join(contract(details, opening)), encoding="utf-8")
    return files


def by_file_name(folder: Path) -> list[Path]:
    """The party is named by the file's name alone."""
    files = []
    for party, details in zip(PARTIES, DETAILS, strict=True):
        files.append(folder / f"{party.lower()}_services2024.md")
        files[-1].write_text("\n\n".join(contract(details, "# Services agreement")), encoding="utf-8")
    return files


def by_title(folder: Path) -> list[Path]:
    """The party is named by the PDF's title alone."""
    files = []
    for number, (party, details) in enumerate(zip(PARTIES, DETAILS, strict=True)):
        files.append(folder / f"{number}.pdf")
        page = canvas.Canvas(str(files[-1]), invariant=True)
        page.setTitle(f"{party} agreement")
        for paragraph in contract(details, "Services agreement"):
            words = paragraph.split()
            for line, first in enumerate(range(0, len(words), 14)):
                page.drawString(60, 780 - 14 * line, " ".join(words[first : first + 14]))
            page.showPage()
        page.save()
    return files


@pytest.mark.parametrize("write", [by_party, by_file_name, by_title])
def test_of_contracts_that_are_nearly_the_same_the_one_named_is_asked(
    engine: Engine, tmp_path: Path, write: Callable[[Path], list[Path]]
) -> None:
    files = write(tmp_path)
    collection = engine.open(files)
    assert not collection.failures
    right = 0
    for file, party, details in zip(files, PARTIES, DETAILS, strict=True):
        for question, answer in (
            (f"How many days' notice does the {party} agreement require?", details["days"]),
            (f"Which courts hear disputes under the contract with {party}?", details["town"]),
        ):
            found = collection.ask(question).answers[0]
            right += Path(found.document) == file and str(answer) in found.text
    assert right >= 9  # Of 12. Where no name counts, it is 2 or 3.


def test_no_document_of_a_few_is_hidden_by_a_long_one(engine: Engine, tmp_path: Path) -> None:
    """Each of five has its best window read, though one says more about the subject than all that is read."""
    long = tmp_path / "minutes.txt"
    long.write_text(
        "\n\n".join(
            f"Meeting {n}: the budget of the library was discussed, and the budget of the yard. {FORM}"
            for n in range(40)
        )
    )
    files = [long]
    for name in ("roof", "boiler", "garden", "lift"):
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text(f"{FORM}\n\nFor the {name} 4,000 euros of the budget are set aside.\n\n{FORM}")
    collection = engine.open(files)
    *_, progress = collection.search("What is the budget of the library?")
    read = [collection.locate_window(window)[0] for window in progress.order[: progress.windows_read].tolist()]
    assert set(read) == set(range(len(files)))
    assert len(collection.best_by_document(progress)) == len(files)
    # The best ones come first, whosever they are.
    assert read[:8] == [0] * 8


def test_all_windows_of_a_section_are_found_by_its_title(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "handbook.md"
    parts = [f"## {title}\n\n" + "\n\n".join([FORM] * 9) for title in ("Care", "Quarantine", "Payment")]
    file.write_text("\n\n".join(parts), encoding="utf-8")
    indexed = engine.index(str(file), Monitor())
    scores = bm25.build([indexed], None).scores("quarantine")
    sections = [indexed.document.section_at(indexed.windows.span(window)[0]) for window in range(len(indexed.windows))]
    assert sections.count("Quarantine") > 3
    assert all(score for section, score in zip(sections, scores, strict=True) if section == "Quarantine")


@given(
    st.integers(1, 40).flatmap(
        lambda count: st.tuples(
            npst.arrays(np.float32, count, elements=st.floats(-9, 9, width=16)),
            npst.arrays(np.int64, count, elements=st.integers(0, 12)),
        )
    ),
    st.integers(1, 20),
)
def test_the_best_windows_are_read_and_then_those_of_other_documents(
    windows: tuple[np.ndarray, np.ndarray], wanted: int
) -> None:
    scores, documents = windows
    count = min(wanted, len(scores))
    order = WindowOrder.of(scores, documents, count)
    assert sorted(order.windows) == list(range(len(scores)))
    ranked = order.windows[np.argsort(order.ranks[order.windows], kind="stable")]
    assert (np.diff(scores[ranked]) <= 0).all()
    read, best = order.windows[:count], count - count // 3
    assert read[:best].tolist() == ranked[:best].tolist()
    # A document is without a window only if as many others as could be have one.
    unseen = set(documents[ranked].tolist()) - set(documents[read[:best]].tolist())
    assert len(set(documents[read[best:]].tolist()) & unseen) == min(len(unseen), count - best)
    for document in set(documents[read].tolist()):
        assert ranked[documents[ranked] == document][0] in read


def named(paths: Sequence[str], question: str) -> list[float]:
    names = terms([name_words(path, None) for path in paths])
    retriever = DocumentNames([(names.of_window(number), ()) for number in range(len(paths))])
    return retriever.scores(terms([asked_words(question)]).vocabulary).tolist()


@pytest.mark.parametrize(
    ("paths", "question"),
    [
        (["leases/Mill Lane.pdf", "leases/Harbour Road.pdf"], "When does the lease of Harbour Road end?"),
        (["contract-1.pdf", "contract-02.pdf"], "What does contract 2 cost?"),
        (["a/mill_2023.txt", "a/mill_2024.txt"], "what changed in mill_2024.txt?"),
        (["MillLease.pdf", "HarbourLease.pdf"], "the harbour lease's rent"),
        (["lease2023.pdf", "lease2024.pdf"], "the rent in 2024"),
        (["acme/terms.md", "globex/terms.md"], "Under the terms of Globex, who pays?"),
    ],
)
def test_a_document_is_named_by_the_words_of_its_path(paths: list[str], question: str) -> None:
    one, other = named(paths, question)
    assert other > one == 0


def test_what_all_documents_are_called_names_none() -> None:
    assert named(["home/leases/a1.pdf", "home/leases/b2.pdf"], "the leases at home") == [0, 0]
    assert named(["harbour.pdf"], "the harbour") == [0]
