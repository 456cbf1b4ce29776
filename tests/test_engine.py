"""Opening and asking end to end with real files; random weights if the answers needn't be correct."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen import canvas
from support import tiny_models
from support.samples import PROSE

import docqa
from docqa.answers import sentence_around
from docqa.array_store import ArrayStore
from docqa.collection import Collection
from docqa.config import Settings
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.progress import Cancelled, Monitor, Progress
from docqa.ranking import normalize


@pytest.fixture(scope="module")
def engine(tiny_settings: Settings) -> Engine:
    return Engine(tiny_settings, ArrayStore(None))


def write(path: Path, text: str = PROSE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def check(collection: Collection, result: docqa.Result) -> None:
    """Check the invariants of every answer."""
    documents = {document.name: document for document in collection.documents}
    probabilities = [answer.probability for answer in result.answers]
    assert probabilities == sorted(probabilities, reverse=True)
    for answer in (*result.answers, *result.closest):
        document = documents[answer.document]
        assert document.text[answer.start : answer.end] == answer.text != ""
        end = answer.passage_start + len(answer.passage)
        assert document.text[answer.passage_start : end] == answer.passage
        assert answer.passage_start <= answer.start < answer.end <= end
        assert answer.end <= document.body_end
        assert 0 <= answer.probability <= 1
        for place in answer.other_locations:
            assert normalize(documents[place.document].text[place.start : place.end]) == (normalize(answer.text))
        spans = [(answer.document, answer.start, answer.end)] + [
            (p.document, p.start, p.end) for p in answer.other_locations
        ]
        assert len(set(spans)) == len(spans)
        assert answer.line_start >= 1


LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
WORDS = st.one_of(
    st.sampled_from([*PROSE.split(), "\n", "\n\n", "|", "日本語", "e\u0301", "ﬁ", "👩‍👩‍👧"]),
    st.text(LETTERS, max_size=9),
)
DOCUMENTS = st.lists(WORDS, min_size=1, max_size=120).map(" ".join).filter(lambda text: text.strip())


@given(st.lists(st.tuples(DOCUMENTS, st.sampled_from([".txt", ".md"])), min_size=1, max_size=3), st.text(LETTERS))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_verbatim_span(engine: Engine, texts: list[tuple[str, str]], question: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder) / f"{number}{suffix}", text) for number, (text, suffix) in enumerate(texts)]
        collection = engine.open(paths)
    assert all("shows no text" in failure.error.message for failure in collection.failures)  # Markdown: "#" alone.
    try:
        result = collection.ask(question)
    except DocqaError as error:
        assert error.message in {"the question is empty", "no document is open"}
        return
    assert result.windows_read == min(result.windows_total, engine.settings.top_k_windows)
    check(collection, result)


def test_every_answer_from_a_pdf_is_a_verbatim_span(engine: Engine, sample_collection: Collection) -> None:
    collection = engine.open([document.name for document in sample_collection.documents])
    for question in ("Who kept the lighthouse?", "How many birds?", "Why storms of ships?"):
        check(collection, collection.ask(question, exhaustive=True))


class Recorder(Monitor):
    """A monitor that records the stages reported."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        super().__init__(self._keep)

    def _keep(self, progress: Progress) -> None:
        self.stages.append(progress.stage)


def opened(settings: Settings, path: Path, password: str | None = None) -> tuple[Collection, set[str]]:
    recorder = Recorder()
    return Engine(settings).open([path], recorder, password), set(recorder.stages)


def test_the_second_time_nothing_is_parsed_or_embedded(tmp_path: Path, tiny_settings: Settings) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"))
    sheet.drawString(72, 700, PROSE[:80])
    sheet.save()
    first, stages = opened(tiny_settings, tmp_path / "a.pdf")
    assert stages == {"reading pages", "tokenizing", "embedding"}
    second, again = opened(tiny_settings, tmp_path / "a.pdf")
    assert again == set()
    answers = [replace(c.ask("Who kept it?"), elapsed_seconds=0) for c in (first, second)]
    assert answers[0] == answers[1]
    assert first.documents[0].text == second.documents[0].text


def test_a_copy_under_another_name_is_known_by_its_content(tmp_path: Path, tiny_settings: Settings) -> None:
    opened(tiny_settings, write(tmp_path / "a.txt"))
    collection, stages = opened(tiny_settings, write(tmp_path / "b.txt"))
    assert stages == set()
    assert collection.documents[0].name.endswith("b.txt")


def test_an_edited_file_is_read_again(tmp_path: Path, tiny_settings: Settings) -> None:
    opened(tiny_settings, write(tmp_path / "a.txt"))
    collection, stages = opened(tiny_settings, write(tmp_path / "a.txt", PROSE + " And a postscript."))
    assert "tokenizing" in stages
    assert collection.documents[0].text.endswith("postscript.")


@pytest.mark.parametrize(
    ("change", "computed"),
    [
        ({"doc_stride": 4}, {"tokenizing", "embedding"}),
        ({"max_seq_length": 80}, {"tokenizing", "embedding"}),
        ({"retriever": "lexical"}, set()),
        ({"cache": False}, {"tokenizing", "embedding"}),
    ],
)
def test_a_changed_setting_computes_what_depends_on_it(
    tmp_path: Path, tiny_settings: Settings, change: dict[str, object], computed: set[str]
) -> None:
    file = write(tmp_path / "a.txt")
    opened(tiny_settings, file)
    _, stages = opened(replace(tiny_settings, **change), file)
    assert stages == computed


@pytest.mark.parametrize("change", [{"doc_stride": 4}, {"cache": False}, {"top": 2, "max_answer_length": 4}])
def test_settings_that_do_not_touch_the_models_leave_them_loaded(
    tmp_path: Path, tiny_settings: Settings, change: dict[str, object]
) -> None:
    file = write(tmp_path / "a.txt")
    before = Engine(tiny_settings, ArrayStore(None))
    before.open([file]).ask("Who kept it?")
    after = Engine(replace(tiny_settings, **change), ArrayStore(None))
    after.keep_loaded(before)
    assert after.reader is before.reader and after.encoder is before.encoder
    alone = Engine(replace(tiny_settings, **change), ArrayStore(None))
    first, second = (replace(e.open([file]).ask("Who kept it?"), elapsed_seconds=0) for e in (after, alone))
    assert first == second


def test_models_that_others_have_replaced_are_loaded(tmp_path: Path, tiny_settings: Settings) -> None:
    """By another device or encoder, or another reader in the same folder."""
    folder = Path(shutil.copytree(tiny_settings.reader, tmp_path / "reader"))
    settings = replace(tiny_settings, reader=str(folder))
    before = Engine(settings)
    before.open([write(tmp_path / "a.txt")])

    def after(settings: Settings) -> Engine:
        engine = Engine(settings)
        engine.keep_loaded(before)
        return engine

    assert after(replace(settings, precision="auto")).reader is not before.reader
    other = after(replace(settings, encoder="bundled"))
    assert other.reader is before.reader and other.encoder is not before.encoder
    assert after(replace(settings, retriever="lexical")).encoder is None
    tiny_models.make_reader(folder, f"{PROSE} Others")
    assert after(settings).reader is not before.reader


def test_the_longest_answer_applies_to_the_next_question(tmp_path: Path, engine: Engine) -> None:
    collection = engine.open([write(tmp_path / "a.txt")])
    shorter = Collection(engine.with_settings(replace(engine.settings, max_answer_length=1)), collection.opened)
    tokens = engine.reader.tokenizer
    longest = [
        max(len(tokens.encode(one.text, add_special_tokens=False).ids) for one in each.ask("Who kept it?").answers)
        for each in (collection, shorter)
    ]
    assert longest[1] < longest[0]


def test_a_damaged_entry_is_computed_again(tmp_path: Path, tiny_settings: Settings, home: Path) -> None:
    file = write(tmp_path / "a.txt")
    opened(tiny_settings, file)
    entries = list((home / "cache" / "index").rglob("*.npz"))
    assert {entry.parent.name for entry in entries} == {"documents", "windows", "vectors", "names"}
    for entry in entries:
        entry.write_bytes(entry.read_bytes()[:200])
    collection, stages = opened(tiny_settings, file)
    assert stages == {"tokenizing", "embedding"}
    check(collection, collection.ask("Who kept it?"))
    assert opened(tiny_settings, file)[1] == set()
    assert all(entry.stat().st_size > 200 for entry in entries)


def test_encrypted_documents_are_not_cached(tmp_path: Path, tiny_settings: Settings, home: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), encrypt="sesame")
    sheet.drawString(72, 700, PROSE[:80])
    sheet.save()
    collection, _ = opened(tiny_settings, tmp_path / "a.pdf", "sesame")
    assert collection.documents
    assert not list(home.rglob("*.npz"))


def test_a_cache_that_cannot_be_written_is_reported_and_stops_nothing(
    tmp_path: Path, tiny_settings: Settings, home: Path
) -> None:
    write(home / "cache", "a file where the folder should be")
    collection, _ = opened(tiny_settings, write(tmp_path / "a.txt"))
    assert collection.ask("Who kept it?").answers
    assert "could not be stored" in str(collection.engine.store.failure)


def test_one_bad_file_never_stops_the_others(tmp_path: Path, engine: Engine) -> None:
    good = write(tmp_path / "good.txt")
    bad = write(tmp_path / "bad.pdf", "no PDF")
    collection = engine.open([bad, tmp_path / "nowhere.md", good])
    assert [Path(document.name).name for document in collection.documents] == ["good.txt"]
    assert [Path(failure.path).name for failure in collection.failures] == ["bad.pdf", "nowhere.md"]
    check(collection, collection.ask("Who kept it?"))


def test_exhaustive_reads_every_window_and_answers_stream_in(tmp_path: Path, engine: Engine) -> None:
    collection = engine.open([write(tmp_path / "a.txt", "\n\n".join([PROSE] * 30))])
    total = collection.windows_total
    assert total > 20
    results = list(collection.ask_progressively("Who kept the lighthouse?", exhaustive=True))
    assert [result.windows_read for result in results] == [*range(4, total, 4), total]
    assert results[-1].answers == collection.ask("Who kept the lighthouse?", exhaustive=True).answers
    assert collection.ask("Who kept the lighthouse?").windows_read == 12


def test_the_best_places_are_read_twice(tmp_path: Path, engine: Engine) -> None:
    """A short document is read in the same window both times; in a long one a place has another score by itself."""
    sentences = [f"Keeper number {number} was Leonora Vance of Harrow {number}." for number in range(400)]
    for text, same in ((sentences[0], True), ("\n\n".join(sentences), False)):
        collection = engine.open([write(tmp_path / "keepers.txt", text)])
        search = collection.begin("Who was keeper number 0?")
        *_, progress = collection.read(search, search.window_order.count)
        windows = collection.opened[0].windows
        read = [windows.tokens.window(*windows.bounds[n]) for n in search.window_order.windows[: progress.windows_read]]
        scores = [span.score for window in read for span in engine.reader.read(search.question_ids, [window])]
        best = max(candidate.candidate.score for candidate in progress.candidates)
        assert (min(abs(score - best) for score in scores) < 1e-4) is same


def test_asking_can_be_cancelled(tmp_path: Path, engine: Engine) -> None:
    collection = engine.open([write(tmp_path / "a.txt", "\n\n".join([PROSE] * 30))])
    monitor = Monitor()
    results = collection.ask_progressively("Who kept the lighthouse?", monitor, exhaustive=True)
    next(results)
    monitor.cancel.set()
    with pytest.raises(Cancelled):
        next(results)


def test_missing_documents_and_questions_are_errors(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="no document is open"):
        engine.open([]).ask("Who?")
    blank = engine.open([write(tmp_path / "a.txt")])
    with pytest.raises(DocqaError, match="the question is empty"):
        blank.ask("   ")


def test_settings_that_do_not_fit_the_reader_are_errors(tiny_settings: Settings) -> None:
    with pytest.raises(DocqaError, match="takes at most 512"):
        Engine(replace(tiny_settings, max_seq_length=1024))


@pytest.mark.parametrize("retriever", ["hybrid", "lexical", "dense"])
def test_each_retriever_finds_the_window(tmp_path: Path, tiny_settings: Settings, retriever: str) -> None:
    filler = "\n\n".join(
        f"Paragraph {i} is about nothing in particular, at some length, for number {i}." for i in range(60)
    )
    file = write(tmp_path / "a.txt", f"{filler}\n\nThe heron nests on the breakwater.\n\n{filler}")
    engine = Engine(replace(tiny_settings, encoder="", retriever=retriever, top_k_windows=2), ArrayStore(None))
    collection = engine.open([file])
    result = collection.ask("Where does the heron nest?")
    assert result.retriever == ("lexical" if retriever == "lexical" else f"{retriever}:bundled")
    near = collection.documents[0].text.index("heron")
    assert any(abs(answer.start - near) < 400 for answer in result.answers)


def test_the_python_api(tmp_path: Path, tiny_reader: Path) -> None:
    file = write(tmp_path / "a.txt")
    report = docqa.open(file, reader=str(tiny_reader), threshold=0.0)
    result = report.ask("Who kept the lighthouse?")
    assert isinstance(result.answers[0], docqa.Answer)
    check(report, result)
    with pytest.raises(docqa.DocqaError, match="does not exist"):
        docqa.open(tmp_path / "nowhere.txt", reader=str(tiny_reader))


def test_below_the_threshold_docqa_abstains(tmp_path: Path, tiny_settings: Settings) -> None:
    file = write(tmp_path / "a.txt")
    result = (
        Engine(replace(tiny_settings, threshold=1.0), ArrayStore(None)).open([file]).ask("Who kept the lighthouse?")
    )
    assert not result.answered
    assert result.answers == ()
    assert result.closest
    assert np.all([answer.probability < 1 for answer in result.closest])


CARGOES = (("Aurelia", "timber"), ("Bellona", "salt"), ("Cormoran", "rye"), ("Dorothea", "coal"))


def test_what_is_closest_comes_in_the_order_of_retrieval(tmp_path: Path, tiny_settings: Settings) -> None:
    others = [f"The {ship} came on {day} May with a cargo of {cargo}." for day, (ship, cargo) in enumerate(CARGOES, 1)]
    file = write(tmp_path / "ships.txt", "\n\n".join([PROSE, *others] * 4))
    opened = Engine(replace(tiny_settings, threshold=1.0), ArrayStore(None)).open([file])
    *_, progress = opened.search("What was the cargo of the Dorothea?")
    closest = opened.result("?", progress, 0.1).closest
    ranks = []
    for one in closest:
        start, end = sentence_around(opened.documents[0], one.start, one.end)
        inside = [each.candidate for each in progress.candidates if start <= each.candidate.start < end]
        ranks.append(min(each.rank for each in inside))
    assert ranks == sorted(ranks) and len(set(ranks)) > 1
    probabilities = sorted((one.probability for one in closest), reverse=True)
    assert [one.probability for one in closest] != probabilities
    assert opened.result("?", progress, 0.1, 1).closest[0].probability == probabilities[0]


def test_each_document_keeps_its_best_answer_however_many_better_ones_another_has(
    engine: Engine, tmp_path: Path
) -> None:
    long = write(tmp_path / "long.txt", "\n\n".join([PROSE] * 120))
    short = write(tmp_path / "short.txt", "Anna Holm counted 31 birds.")
    collection = engine.open([long, short])
    *_, reading = collection.search("Who counted the birds?", exhaustive=True)
    assert len(reading.candidates) == 200
    best = collection.best_by_document(reading)
    assert [answer.probability for answer in best] == sorted((a.probability for a in best), reverse=True)
    for number, document in enumerate(collection.documents):
        windows = [w for w in range(collection.windows_total) if collection.locate_window(w)[0] == number]
        (own,) = [answer for answer in best if answer.document == document.name]
        assert own.probability == max(reading.best_by_window[window].probability for window in windows)
        assert document.text[own.start : own.end] == own.text
    likely = Collection(Engine(replace(engine.settings, threshold=1.0), ArrayStore(None)), collection.opened)
    assert likely.best_by_document(reading) == ()


def test_questions_asked_together_have_the_answers_that_each_has_alone(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "prose.txt"
    file.write_text(PROSE * 3, encoding="utf-8")
    collection = engine.open([file])
    questions = ["who kept the lighthouse?", "when?", "where  did the keeper live in winter?"]
    together = collection.ask_all(questions)
    alone = [collection.ask(question) for question in questions]
    assert [r.question for r in together] == [r.question for r in alone]
    for one, other in zip(together, alone, strict=True):
        assert [a.text for a in (*one.answers, *one.closest)] == [a.text for a in (*other.answers, *other.closest)]
        assert one.windows_read == other.windows_read
    assert collection.ask_all([]) == []


def test_a_document_that_is_still_in_use_is_not_kept_twice(tmp_path: Path, engine: Engine) -> None:
    """An app keeps the documents of its answers: opened and closed a hundred times, they are there once."""
    file = write(tmp_path / "a.txt")
    (first,) = engine.open([file]).documents
    (second,) = engine.open([file]).documents
    assert second is first
    write(file, f"{PROSE}\n\nThe end.")
    (third,) = engine.open([file]).documents
    assert third is not first and third.text != first.text
    (copy,) = engine.open([write(tmp_path / "b.txt")]).documents
    assert (copy.name, copy.text) == (str(tmp_path / "b.txt"), first.text)
    other = Engine(replace(engine.settings, precision="auto"), ArrayStore(None))
    other.keep_loaded(engine)
    assert other.reader is not engine.reader and other.open([file]).documents == (third,)
