"""Evaluation with real readers: on single contexts, and end to end on documents."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.samples import PROSE, SAMPLES

from docqa.array_store import ArrayStore
from docqa.collection import Collection
from docqa.config import Settings
from docqa.datasets import Gold, Pair, load
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.evaluation import (
    calibrate,
    evaluate_collection,
    evaluate_contexts,
    evaluate_documents,
    group_by_document,
    make_report,
    sample,
    sample_questions,
)
from docqa.evaluation.calibration import MIN_QUESTIONS
from docqa.evaluation.metrics import Prediction
from docqa.models.registry import ModelKind, find
from docqa.progress import Cancelled, Monitor
from docqa.ranking import ScoredCandidate
from docqa.reader.reader import Reader

OTHER = "Ships called at Skagen in the storms.\r\nThe birds of the keeper were 2,148 in all, and she had a dog, too."


def pair(name: str, question: str, context: str, *accepted: str, document: str = "") -> Pair:
    golds = tuple(Gold(text, context.index(text)) for text in accepted)
    return Pair(name, question, context, golds, document)


PAIRS = [
    pair("1", "When was the lighthouse built?", PROSE, "1858", document="Skagen"),
    pair("2", "Who was its keeper?", PROSE, "Anna Holm", "Dr. Holm", document="Skagen"),
    pair("3", "What else had she?", OTHER, "a dog", document="Skagen"),
    pair("4", "How many moons has Mars?", "Mars has two moons. " * 30, "two", document="Mars"),
    pair("5", "Who lives on Mars?", "Mars has two moons. " * 30, document="Mars"),
]


@pytest.fixture(scope="module")
def reader(tiny_reader: Path) -> Reader:
    return Reader(find(str(tiny_reader), ModelKind.READER), "cpu")


@pytest.fixture(scope="module")
def engine(tiny_settings: Settings) -> Engine:
    return Engine(tiny_settings, ArrayStore(None))


@pytest.fixture(scope="module")
def bundled() -> Engine:
    return Engine(Settings(device="cpu"), ArrayStore(None))


def test_on_contexts_every_answer_is_a_verbatim_span_of_its_own_context(
    reader: Reader, tiny_settings: Settings
) -> None:
    predictions = evaluate_contexts(reader, PAIRS, tiny_settings)
    assert [one.id for one in predictions] == ["1", "2", "3", "4", "5"]
    for one, asked in zip(predictions, PAIRS, strict=True):
        assert asked.context is not None
        assert one.text
        assert asked.context.startswith(one.text, one.start)
        assert 0 < one.probability < 1
        assert one.seconds > 0
        assert one.found is None


def test_on_contexts_an_answer_does_not_depend_on_what_is_asked_beside_it(
    reader: Reader, tiny_settings: Settings
) -> None:
    together = evaluate_contexts(reader, PAIRS, tiny_settings)
    alone = [evaluate_contexts(reader, [asked], tiny_settings)[0] for asked in PAIRS]
    assert [one.text for one in together] == [one.text for one in alone]
    assert [one.probability for one in together] == pytest.approx([one.probability for one in alone], abs=1e-4)


def test_on_contexts_answers_are_those_of_asking_the_context_as_a_document(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is retrieved of a context, so that the rank of a window must not count.
    curves = {name: curve for name, curve in engine.choice.curves.items() if name != "rank"}
    monkeypatch.setattr(engine, "choice", replace(engine.choice, curves=curves))
    asked = [one for one in PAIRS if one.context == PROSE]
    documents = [one.prediction for one in evaluate_documents(engine, group_by_document(asked, {}))]
    contexts = evaluate_contexts(engine.reader, asked, engine.settings, choice=engine.choice)
    assert [(one.text, one.start) for one in documents] == [(one.text, one.start) for one in contexts]


def test_questions_that_cannot_be_asked_are_reported_and_stop_nothing(reader: Reader, tiny_settings: Settings) -> None:
    long = pair("long", "the " * 300, PROSE, "1858")
    blank = pair("blank", "Who?", "\u00ad", "\u00ad")
    first, second, third = evaluate_contexts(reader, [long, blank, PAIRS[0]], tiny_settings)
    assert (first.text, first.probability) == ("", 0.0)
    assert "300 tokens" in first.failure
    assert (second.text, second.failure) == ("", "")
    assert third.text
    found = make_report([first, third], [long, PAIRS[0]], "tiny", 0.3)
    assert list(found.failures) == ["long"]
    with pytest.raises(DocqaError, match="names a document"):
        evaluate_contexts(reader, [Pair("x", "Who?", None, ())], tiny_settings)


def test_evaluation_can_be_cancelled(reader: Reader, tiny_settings: Settings) -> None:
    monitor = Monitor()
    monitor.cancel.set()
    with pytest.raises(Cancelled):
        evaluate_contexts(reader, PAIRS, tiny_settings, monitor)


def test_the_contexts_of_a_title_are_joined_and_the_offsets_of_answers_moved(engine: Engine) -> None:
    skagen, mars = group_by_document(PAIRS, {})
    assert (skagen.name, mars.name) == ("Skagen", "Mars")
    assert skagen.source is not None
    opened = Collection(engine, [engine.index_source(skagen.source, Monitor())])
    text = opened.documents[0].text
    assert text.startswith(PROSE + "\n\nShips called")
    for one in skagen.pairs:
        for gold in one.answers:
            assert text.startswith(gold.text, gold.start)
    assert len(mars.pairs) == 2


def test_contexts_without_a_title_make_two_documents_at_least() -> None:
    bare = [pair(str(number), "Who?", f"Number {number} is it.", "it") for number in range(50)]
    assert [len(one.pairs) for one in group_by_document(bare, {})] == [20, 20, 10]
    assert [len(one.pairs) for one in group_by_document(bare[:3], {})] == [2, 1]
    assert [len(one.pairs) for one in group_by_document(bare[:1], {})] == [1]


def test_cross_document_questions_have_no_answer_where_they_are_asked() -> None:
    asked = [
        pair(f"{title}{number}", f"Who is {title} {number}?", f"{title} {number} is it.", "it", document=title)
        for title in "abcd"
        for number in range(10)
    ]
    documents = group_by_document(asked, {})
    mixed = sample_questions(documents, per_document=4, cross_document=0.5, seed=1)
    assert mixed == sample_questions(documents, per_document=4, cross_document=0.5, seed=1)
    assert mixed != sample_questions(documents, per_document=4, cross_document=0.5, seed=2)
    for one in mixed:
        own = [each for each in one.pairs if each.answers]
        others = [each for each in one.pairs if not each.answers]
        assert (len(own), len(others)) == (4, 4)
        assert all(each.id.endswith(f"@{one.name}") and not each.id.startswith(one.name) for each in others)
        assert all(each.document == one.name for each in one.pairs)
    third = [each for one in sample_questions(documents, sample=20, cross_document=1 / 3) for each in one.pairs]
    assert sum(bool(each.answers) for each in third) == 20
    assert sum(not each.answers for each in third) == 10
    with pytest.raises(DocqaError, match="all pairs are about one document"):
        sample_questions(documents[:1], cross_document=0.5)
    assert [each.id for each in sample(asked, 5, 3)] == [each.id for each in sample(asked, 5, 3)]
    assert sample(asked, None) == asked


def test_end_to_end_evaluation_gives_the_answers_that_asking_gives(engine: Engine) -> None:
    evaluated = evaluate_documents(engine, group_by_document(PAIRS, {}))
    assert [one.pair.id for one in evaluated] == ["1", "2", "3", "4", "5"]
    for document in group_by_document(PAIRS, {}):
        assert document.source is not None
        collection = Collection(engine, [engine.index_source(document.source, Monitor())])
        for one in (one for one in evaluated if one.pair.document == document.name):
            first = collection.ask(one.pair.question).answers[0]
            found = one.prediction
            assert (found.text, found.start) == (first.text, first.start)
            assert found.probability == first.probability
            assert collection.documents[0].text.startswith(found.text, found.start)


def test_a_changed_ranking_changes_the_answers_of_ask_the_app_and_eval_alike(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    collection = engine.open([tmp_path / "a.txt"])
    before = collection.ask("Who was its keeper?").answers[0]
    # Rank the last span in the document first.
    monkeypatch.setattr(ScoredCandidate, "sort_key", property(lambda self: (-self.candidate.start, 0, 0, 0)))
    *_, progress = collection.search("Who was its keeper?")
    first = collection.result("Who was its keeper?", progress, 0.0).answers[0]
    assert first.start > before.start
    (shown_in_app,) = collection.best_by_document(progress)
    asked = pair("1", "Who was its keeper?", PROSE, "Anna Holm")
    (end_to_end,) = evaluate_collection(collection, [asked], {})
    (closed_context,) = evaluate_contexts(engine.reader, [asked], engine.settings)
    assert first.start == shown_in_app.start == end_to_end.prediction.start == closed_context.start


def test_pairs_that_name_a_document_are_asked_of_it(bundled: Engine, tmp_path: Path) -> None:
    file = tmp_path / "pairs.json"
    asked = [
        {"question": "When was the lighthouse built?", "answer": "1858", "document": "skagen.txt"},
        {"question": "Who was its keeper?", "answer": "Anna Holm", "document": "skagen.txt"},
        {"question": "What is the boiling point of mercury?", "answer": None, "document": "skagen.txt"},
    ]
    file.write_text(json.dumps(asked), encoding="utf-8")
    (tmp_path / "skagen.txt").write_text(PROSE, encoding="utf-8")
    loaded = load([file])
    own = [one.prediction for one in evaluate_documents(bundled, group_by_document(loaded.pairs, loaded.documents))]
    assert [one.text for one in own[:2]] == ["1858", "Anna Holm"]
    assert [one.found for one in own] == [1, 1, None]
    assert own[2].probability < min(own[0].probability, own[1].probability)
    # With several documents, only answers in the one named by the pair count.
    (tmp_path / "other.txt").write_text("In 1858 nothing else happened at all.", encoding="utf-8")
    collection = bundled.open([tmp_path / "other.txt", tmp_path / "skagen.txt"])
    both = [one.prediction for one in evaluate_collection(collection, loaded.pairs, loaded.documents)]
    assert [one.text for one in both[:2]] == ["1858", "Anna Holm"]
    assert all(one.found in {1, 2} and one.read == 2 for one in both[:2])


def test_the_bundled_reader_on_sample_questions(bundled: Engine) -> None:
    document = SAMPLES / "expedition-journal.txt"
    text = document.read_text(encoding="utf-8")
    questions = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))
    asked = []
    for one in (one for one in questions if one["document"] == document.name):
        accepted = [one["answer"]] if isinstance(one["answer"], str) else one["answer"] or []
        there = [answer for answer in accepted if answer in text]
        if there or not accepted:
            golds = tuple(Gold(answer, -1) for answer in there)
            asked.append(Pair(one["id"], one["question"], None, golds, document.name))
    asked = [one for one in asked if one.answers][:6] + [one for one in asked if not one.answers][:2]
    evaluated = evaluate_collection(bundled.open([document]), asked, {})
    found = make_report([one.prediction for one in evaluated], asked, "bundled", bundled.choice.threshold)
    assert found.answerable is not None
    assert found.answerable.f1 > 40
    assert found.recall[20] >= found.recall[1] > 0.3
    assert found.scores.no_answer is not None
    assert found.questions_per_second > 0


def test_what_cannot_be_computed_is_left_out() -> None:
    found = make_report([Prediction("1", "1858", 0.9)], PAIRS[:1], "x", 0.3)
    assert found.best_f1 is None
    assert found.figures.keys() == {"exact", "f1", "calibration_error"}
    assert found.figures["exact"].interval is None
    assert not {"auroc", "best_f1"} & found.as_dict().keys()
    assert found.recall == {}
    assert (found.scores.f1, found.scores.no_answer) == (100.0, None)
    assert found.questions_per_second == 0


def test_calibration_is_fitted_end_to_end(engine: Engine) -> None:
    fitted = calibrate(engine, PAIRS)
    assert fitted.kept  # Six questions are too few.
    assert fitted.choice == fitted.before
    many = [
        pair(f"{title}{number}", f"Who is {title} {number}?", f"{title} {number} is it.", "it", document=title)
        for title in "abcd"
        for number in range(10)
    ]
    fitted = calibrate(engine, many, sample=MIN_QUESTIONS, cross_document=0.5)
    assert fitted.questions == 2 * MIN_QUESTIONS
    assert fitted.before.threshold == fitted.choice.threshold
