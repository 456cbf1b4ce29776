"""The parts of a split share no document, context or sentence, and don't depend on the order of the pairs."""

import json
import random
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.samples import SAMPLES

from docqa.datasets import Gold, IssueEffect, IssueKind, Pair, SplitUnit, load, overlap, sample, sizes, split
from docqa.errors import DocqaError

PAIRS = st.lists(
    st.builds(
        Pair,
        id=st.just(""),
        question=st.text("abc", min_size=1, max_size=2),
        context=st.text("xyz", min_size=1, max_size=2),
        answers=st.just(()),
        document=st.sampled_from(["", "", "one", "two", "three", "four"]),
    ),
    min_size=1,
    max_size=40,
)
FRACTIONS = st.floats(0.05, 0.95)


def article(document: str, paragraphs: int, each: int = 4) -> list[Pair]:
    return [
        Pair(f"{document}{p}-{q}", f"Question {q}?", f"Paragraph {p} of {document}.", (), document)
        for p in range(paragraphs)
        for q in range(each)
    ]


@given(PAIRS, FRACTIONS, st.integers(0, 5))
@settings(deadline=None, max_examples=300)
def test_the_parts_are_disjoint_and_complete(pairs: list[Pair], fraction: float, seed: int) -> None:
    try:
        parts = split(pairs, fraction, seed)
    except DocqaError:
        assert len({pair.context for pair in pairs}) == 1
        return
    train, test = parts
    assert train and test
    assert Counter(train) + Counter(test) == Counter(pairs)
    if parts.by is SplitUnit.REGION:
        assert len({pair.context for pair in pairs}) == 1
        return
    assert not {pair.context for pair in train} & {pair.context for pair in test}
    if parts.by is SplitUnit.DOCUMENT:
        assert not ({pair.document for pair in train} & {pair.document for pair in test}) - {""}


@given(PAIRS, FRACTIONS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_pairs_does_not_matter(pairs: list[Pair], fraction: float, rng: random.Random) -> None:
    shuffled = list(pairs)
    rng.shuffle(shuffled)
    try:
        first = split(pairs, fraction, 1)
    except DocqaError:
        with pytest.raises(DocqaError):
            split(shuffled, fraction, 1)
        return
    second = split(shuffled, fraction, 1)
    assert (Counter(first.train), Counter(first.test)) == (Counter(second.train), Counter(second.test))
    assert Counter(sample(pairs, 2)) == Counter(sample(shuffled, 2))


def test_documents_are_split_near_the_fraction() -> None:
    pairs = [pair for i in range(30) for pair in article(f"d{i}", 1 + i % 5)]
    parts = split(pairs, 0.2, 7)
    assert parts.by is SplitUnit.DOCUMENT
    assert abs(len(parts.test) / len(pairs) - 0.2) < 0.02
    assert "no document is in both parts" in parts.note
    assert parts.test != split(pairs, 0.2, 8).test
    assert list(parts.train) == [pair for pair in pairs if pair in set(parts.train)]


def test_the_test_is_not_one_large_document() -> None:
    pairs = article("big", 12) + [pair for i in range(20) for pair in article(f"d{i}", 4)]
    for seed in range(20):
        assert len({pair.document for pair in split(pairs, 0.1, seed).test}) > 1


def test_a_single_document_is_split_by_context() -> None:
    parts = split(article("one", 20), 0.2, 0)
    assert parts.by is SplitUnit.CONTEXT
    assert len(parts.test) == 16


def test_documents_that_cannot_give_the_fraction_are_split_by_context() -> None:
    pairs = article("one", 20) + article("two", 20)
    parts = split(pairs, 0.1, 0)
    assert (parts.by, len(parts.test)) == (SplitUnit.CONTEXT, 16)
    assert split(pairs, 0.4, 0).by is SplitUnit.DOCUMENT


def test_a_single_context_is_split_between_sentences() -> None:
    sentences = [f"In {1800 + i} the keeper counted {i * 7} birds." for i in range(60)]
    context = " ".join(sentences)
    pairs = []
    for i, sentence in enumerate(sentences):
        for answer in (str(1800 + i), f"{i * 7} birds"):
            start = context.index(sentence) + sentence.index(answer)
            pairs.append(Pair("", f"{answer}?", context, (Gold(answer, start),), "journal.txt"))
    parts = split(pairs, 0.2, 3)
    assert parts.by is SplitUnit.REGION
    assert "different stretches" in parts.note
    assert 0.1 <= len(parts.test) / len(pairs) <= 0.3

    def numbers(part: tuple[Pair, ...]) -> list[int]:
        return sorted({context.count(".", 0, pair.answers[0].start) for pair in part})

    tested = numbers(parts.test)
    assert not set(tested) & set(numbers(parts.train))
    # Contiguous stretches: a test sentence's neighbours are in the test part, except at the ends of a stretch.
    ends = sum(after - before > 1 for before, after in pairwise(tested))
    assert ends <= 2


def test_sentences_with_the_same_answer_stay_together() -> None:
    context = "Anna came in May. Bo came in June. Anna left in July. Bo left in August."
    anna = Pair("1", "Who came?", context, (Gold("Anna", 0), Gold("Anna", 35)))
    may = Pair("2", "When did she come?", context, (Gold("May", 13),))
    july = Pair("3", "When did she leave?", context, (Gold("July", 48),))
    june = Pair("4", "When did Bo come?", context, (Gold("June", 29),))
    for seed in range(10):
        parts = split([anna, may, july, june], 0.5, seed)
        together = [anna in parts.train, may in parts.train, july in parts.train]
        assert len(set(together)) == 1


def test_one_of_the_sample_documents_can_be_split() -> None:
    pairs = [each for each in load([SAMPLES / "questions.json"]).pairs if each.document.endswith(".pdf")]
    parts = split(pairs, 0.2, 0)
    assert parts.by is SplitUnit.REGION
    assert len(parts.train) + len(parts.test) == 43


def test_a_split_does_not_depend_on_the_location_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tested(file: str) -> list[str]:
        return [pair.question for pair in split(load([file]).pairs, 0.2, 0).test]

    folder = tmp_path / "some" / "where"
    folder.mkdir(parents=True)
    records = []
    for name in "abcdefgh":
        (folder / f"{name}.txt").write_text(f"The keeper of {name} was Ann.\n", encoding="utf-8")
        records.append({"question": f"Who kept {name}?", "answer": "Ann", "document": f"{name}.txt"})
    (folder / "pairs.json").write_text(json.dumps(records), encoding="utf-8")
    expected = tested(str(folder / "pairs.json"))
    for elsewhere, file in (
        (tmp_path, "some/where/pairs.json"),
        (folder, "pairs.json"),
        (folder, "../where/pairs.json"),
    ):
        monkeypatch.chdir(elsewhere)
        assert tested(file) == expected
    for number in range(8):
        moved = shutil.copytree(folder, tmp_path / f"moved-{number}")
        assert tested(str(moved / "pairs.json")) == expected


def test_sizes_use_the_singular() -> None:
    one, *others = article("a", 1, 1) + article("b", 1, 2)
    assert sizes([one], others) == "1 pair to train and 2 to test"


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5])
def test_an_invalid_fraction_is_an_error(fraction: float) -> None:
    with pytest.raises(DocqaError, match=f"between 0 and 1, found {fraction}"):
        split(article("one", 2), fraction, 0)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "expected pairs from at least two places.* found 0"),
        ([Pair("1", "Who?", "Anna.", (Gold("Anna", 0),))], "found 1"),
        ([Pair(q, q, "Anna.", (Gold("Anna", 0),)) for q in "ab"], "found 2, all about the same sentence"),
    ],
)
def test_pairs_that_cannot_be_split_are_an_error(pairs: list[Pair], message: str) -> None:
    with pytest.raises(DocqaError, match=message) as failure:
        split(pairs, 0.5, 0)
    assert "a separate file for the test" in failure.value.hint


def test_a_sample_limits_the_pairs_of_a_context() -> None:
    pairs = article("one", 3, each=10) + article("two", 1, each=2)
    sampled = sample(pairs, 4)
    assert sorted(Counter(pair.context for pair in sampled).values()) == [2, 4, 4, 4]
    assert list(sampled) == [pair for pair in pairs if pair in set(sampled)]
    assert sampled != sample(pairs, 4, seed=1)
    assert sample(pairs, 10) == tuple(pairs)
    with pytest.raises(DocqaError, match="expected at least 1 pair per context, found 0"):
        sample(pairs, 0)


def test_shared_contexts_are_reported() -> None:
    train = [
        Pair("1", "Who?", "Anna  Holm kept it.", (), location="[0]"),
        Pair("2", "What?", "Anna  Holm kept it.", (), location="[1]"),
        Pair("3", "Who?", "Nobody did.", (), location="[2]"),
    ]
    test = [Pair("4", "Whose?", "anna holm kept it.", (), location="line 9")]
    shared = overlap(train, test, "train.json", "test.csv")
    assert shared.pairs == tuple(train[:2])
    (issue,) = shared.issues
    assert (issue.kind, issue.effect) == (IssueKind.SHARED_CONTEXT, IssueEffect.WARNING)
    assert str(issue).startswith(
        "train.json, [0]: this context is also in test.csv, at line 9; 2 training pairs use it"
    )
    assert issue.remedy
    assert overlap(train, []).issues == ()
