"""Training: what the features say, what order they come in, and that a killed run ends as if it had not been."""

import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from support import tiny_models
from support.samples import PROSE

from docqa import files
from docqa.array_store import ArrayStore
from docqa.datasets import Gold, Pair
from docqa.errors import DocqaError
from docqa.files import write_json_object
from docqa.models import loading, registry
from docqa.models.metadata import read_json, to_json
from docqa.models.registry import Model, ModelKind
from docqa.progress import Cancelled, Monitor, Progress
from docqa.ranking import normalize
from docqa.reader.reader import Reader
from docqa.training.dataset import TokenMasking, batch_order, collate
from docqa.training.distillation import soft_targets
from docqa.training.features import NULL, Feature, make
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.job import Job, prepare
from docqa.training.run import finetune
from docqa.training.scoring import selection_key

_SMALL = TrainingConfig(max_seq_length=72, doc_stride=12, batch_size=4, learning_rate=1e-3, epochs=2)


def _pairs(count: int, seed: int = 0) -> list[Pair]:
    """Questions on contexts of the tiny reader's words, four to a document."""
    chance = random.Random(seed)
    vocabulary = [word for word in PROSE.split() if normalize(word)]
    made = []
    for number in range(count):
        words = [chance.choice(vocabulary) for _ in range(chance.randint(8, 60))]
        at = chance.randrange(len(words))
        context = " ".join(words)
        start = len(" ".join(words[:at])) + (1 if at else 0)
        gold = Gold(words[at], start)
        made.append(Pair(f"q{number}", f"Which {chance.choice(vocabulary)}?", context, (gold,), f"d{number // 4}"))
    return made


def _file(folder: Path, pairs: list[Pair], name: str = "pairs.json") -> Path:
    records = [
        {
            "id": pair.id,
            "question": pair.question,
            "context": pair.context,
            "answers": [{"text": gold.text, "answer_start": gold.start} for gold in pair.answers],
            "title": pair.document,
        }
        for pair in pairs
    ]
    file = folder / name
    file.write_text(json.dumps(records), encoding="utf-8")
    return file


def _features(reader: Path, pairs: list[Pair], recipe: TrainingConfig = _SMALL) -> list[Feature]:
    return make(pairs, loading.load_tokenizer(reader), 512, recipe)


# --- features ---


def test_the_target_of_a_window_is_the_answer(tiny_reader: Path) -> None:
    pairs = _pairs(30)
    features = _features(tiny_reader, pairs)
    answered = [feature for feature in features if feature.answerable]
    assert {feature.pair for feature in answered} == set(range(30))
    for feature in answered:
        gold = pairs[feature.pair].answers[0]
        (start, _), (end, _) = feature.start[0], feature.end[0]
        begin = feature.offsets[start - feature.first, 0]
        stop = feature.offsets[end - feature.first, 1]
        assert feature.context[begin:stop] == gold.text


def test_annotators_share_the_target(tiny_reader: Path) -> None:
    context = "The lighthouse was built in 1858 by Anna Holm."
    golds = tuple(Gold(text, context.index(text)) for text in ("in 1858", "1858", "1858"))
    (feature,) = _features(tiny_reader, [Pair("1", "When?", context, golds)], TrainingConfig(negatives=0))
    assert sorted(share for _, share in feature.start) == pytest.approx([1 / 3, 2 / 3])
    assert [share for _, share in feature.end] == [1.0]


def test_negatives_are_of_the_same_document_and_hold_no_answer(tiny_reader: Path) -> None:
    pairs = _pairs(40)
    features = _features(tiny_reader, pairs, TrainingConfig(max_seq_length=72, doc_stride=12, negatives=1.5))
    nulls = [feature for feature in features if not feature.answerable]
    assert 40 < len(nulls) <= 60
    documents = {pair.context: pair.document for pair in pairs}
    for feature in nulls:
        pair = pairs[feature.pair]
        text = feature.context[feature.offsets[0, 0] : feature.offsets[-1, 1]]
        assert documents[feature.context] == pair.document
        assert normalize(pair.answers[0].text) not in normalize(text)


def test_altered_questions_are_put_to_the_windows_that_held_the_answer(tiny_reader: Path) -> None:
    pairs = [
        Pair(pair.id, f"{pair.question[:-1]} in 1858?", f"{pair.context} 1923", pair.answers, pair.document)
        for pair in _pairs(20)
    ]
    plain = _features(tiny_reader, pairs, replace(_SMALL, negatives=0))
    features = _features(tiny_reader, pairs, replace(_SMALL, negatives=0, altered=0.5))
    added = features[len(plain) :]
    assert len(added) == 10
    ids = {feature.pair: feature.ids.tolist() for feature in plain}
    for feature in added:
        assert (feature.start, feature.end) == (NULL, NULL)
        assert feature.ids.tolist() != ids[feature.pair]
        assert feature.context == pairs[feature.pair].context


def test_masked_words_depend_on_the_place_in_the_order_alone(tiny_reader: Path) -> None:
    features = _features(tiny_reader, _pairs(30))
    tokenizer = loading.load_tokenizer(tiny_reader)
    dropout = TokenMasking.of(tokenizer, 0.3, seed=1)
    special = {tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")}
    masked = total = 0
    for position, feature in enumerate(features):
        read = dropout.applied(feature, position)
        assert (read.ids == dropout.applied(feature, position).ids).all()
        changed = read.ids != feature.ids
        assert set(read.ids[changed].tolist()) <= {dropout.mask}
        assert not set(feature.ids[changed].tolist()) & special
        masked, total = masked + int(changed.sum()), total + len(feature.ids) - 3
    assert 0.2 < masked / total < 0.4
    assert (dropout.applied(features[0], 0).ids != dropout.applied(features[0], 1).ids).any()


def test_an_unanswerable_question_has_the_null_as_its_target(tiny_reader: Path) -> None:
    (feature,) = _features(tiny_reader, [Pair("1", "Who swam?", "The lighthouse was built in 1858.", ())])
    assert (feature.start, feature.end) == (NULL, NULL)


def test_a_long_context_is_seen_through_every_window_that_holds_the_answer(tiny_reader: Path) -> None:
    context = f"{PROSE} {PROSE} In 1923 the keeper left. {PROSE} {PROSE}"
    pair = Pair("1", "When did she leave?", context, (Gold("1923", context.index("1923")),))
    features = [feature for feature in _features(tiny_reader, [pair]) if feature.answerable]
    assert features
    assert all("1923" in context[f.offsets[0, 0] : f.offsets[-1, 1]] for f in features)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(10, 400), min_size=1, max_size=200),
    st.integers(1, 16),
    st.sampled_from([0.5, 1.0, 1.5, 3.0]),
    st.integers(0, 5),
)
def test_the_order_is_fixed_and_every_pass_is_whole(lengths: list[int], batch: int, epochs: float, seed: int) -> None:
    numbers = batch_order(lengths, batch, epochs, seed)
    assert (numbers == batch_order(lengths, batch, epochs, seed)).all()
    assert len(numbers) == max(1, round(epochs * len(lengths)))
    seen = Counter(numbers.tolist())
    assert max(seen.values()) <= -(-len(numbers) // len(lengths))
    if epochs >= 1:
        assert min(seen[n] for n in range(len(lengths))) >= int(epochs)


def test_batches_are_of_like_length() -> None:
    chance = random.Random(0)
    lengths = [chance.randint(20, 380) for _ in range(4000)]
    numbers = batch_order(lengths, 16, 1, 0)
    padded = sum(max(lengths[n] for n in numbers[i : i + 16]) * 16 for i in range(0, 4000, 16))
    assert padded < 1.05 * sum(lengths)


def test_a_batch_lets_only_the_null_and_the_window_compete(tiny_reader: Path) -> None:
    features = _features(tiny_reader, _pairs(5))
    batch = collate([(feature, feature.start, feature.end) for feature in features], 512)
    for row, feature in enumerate(features):
        allowed = np.flatnonzero(batch["allowed"][row].numpy())
        assert allowed.tolist() == [0, *range(feature.first, feature.first + feature.size)]
        assert batch["start"][row].sum() == pytest.approx(1)
        assert batch["end"][row][~batch["allowed"][row]].sum() == 0
    assert batch["input_ids"].shape[1] % 16 == 0


# --- the teacher ---


def test_a_teacher_of_the_same_vocabulary_says_what_it_would_itself(tiny_reader: Path, tmp_path: Path) -> None:
    brief = tmp_path / "brief"
    shutil.copytree(tiny_reader, brief)
    write_json_object(brief / "docqa.json", {"length_penalty": 0.5})
    pairs = _pairs(6)
    features = _features(tiny_reader, pairs)
    teacher = Reader(Model("teacher", ModelKind.READER, brief, "folder"), "cpu")
    questions = [pair.question for pair in pairs]
    taught = soft_targets(teacher, features, questions, weight=1.0, store=ArrayStore(tmp_path), monitor=Monitor())
    for feature, (start, end) in zip(features, taught, strict=True):
        if not feature.answerable:
            assert (start, end) == (NULL, NULL)
            continue
        body = feature.ids[feature.first : feature.first + feature.size]
        starts, ends = teacher.logits([(feature.ids[1 : feature.first - 1].tolist(), body)])
        places = range(feature.first, feature.first + feature.size)
        spans = {(a, b): starts[0, a] + ends[0, b] - 0.5 * (b - a) for a in places for b in places if 0 <= b - a < 30}
        weights = {span: math.exp(score) for span, score in {**spans, (0, 0): starts[0, 0] + ends[0, 0]}.items()}
        for side, target in enumerate((start, end)):
            shares = [sum(w for span, w in weights.items() if span[side] == place) for place in (0, *places)]
            assert sum(share for _, share in target) == pytest.approx(1, abs=1e-5)
            likeliest = max(target, key=lambda each: each[1])[0]
            assert shares[[0, *places].index(likeliest)] == pytest.approx(max(shares))


def test_what_a_teacher_said_is_not_asked_again(tiny_reader: Path, tmp_path: Path) -> None:
    pairs = _pairs(6)
    features = _features(tiny_reader, pairs)
    teacher = Reader(Model("teacher", ModelKind.READER, tiny_reader, "folder"), "cpu")
    questions = [pair.question for pair in pairs]
    reports: list[Progress] = []
    first = soft_targets(
        teacher, features, questions, weight=0.5, store=ArrayStore(tmp_path), monitor=Monitor(reports.append)
    )
    assert reports
    reports.clear()
    again = soft_targets(
        teacher, features, questions, weight=0.5, store=ArrayStore(tmp_path), monitor=Monitor(reports.append)
    )
    assert (again, reports) == (first, [])


# --- the run ---


@pytest.fixture
def job(tiny_reader: Path, tmp_path: Path) -> Job:
    file = _file(tmp_path, _pairs(40))
    recipe = TrainingConfig(**{**_SMALL.as_dict(), "base": str(tiny_reader)})
    registry.use(str(tiny_reader), ModelKind.READER)
    return Job((str(file),), recipe, "mine", device="cpu")


def _train(job: Job, monitor: Monitor | None = None) -> Path:
    monitor = monitor or Monitor()
    outcome = finetune(job, prepare(job, monitor), monitor)
    assert outcome is not None
    return outcome.model.folder


def _stopping_at(step: int) -> Monitor:
    """A monitor that cancels at a step of the training."""
    stop = Event()
    return Monitor(lambda at: stop.set() if at.stage == "training" and at.done == step else None, stop)


def test_a_run_leaves_a_reader_with_its_papers(job: Job) -> None:
    folder = _train(job)
    metadata = read_json(folder)
    assert metadata["training"]["recipe"] == job.recipe.as_dict()
    assert metadata["training"]["metrics"]["before"]["test"]["total"] == metadata["training"]["counts"]["test"]
    assert set(metadata["calibration"]) == {"scale", "prior", "bias", "threshold"}
    assert {"README.md", "loss.png", "model.safetensors", "tokenizer.json"} <= {file.name for file in folder.iterdir()}
    assert registry.find("mine", ModelKind.READER).source == "trained"
    assert not job.folder.exists()
    assert {str(value.dtype) for value in load_file(folder / "model.safetensors").values()} == {"float16"}
    # The base's own dropout is left for the next training to decide about.
    assert files.read_json_object(folder / "config.json")["attention_dropout"] == 0.1


def test_training_learns(job: Job) -> None:
    """The loss of what is shown again and again falls well below that of a guess."""
    again = replace(job, recipe=replace(job.recipe, epochs=30, learning_rate=3e-3, negatives=0))
    outcome = finetune(again, prepare(again, Monitor()), Monitor())
    assert outcome is not None
    losses = [loss for _, loss in outcome.curve]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_a_run_that_was_stopped_ends_as_one_that_was_not(job: Job) -> None:
    """Stopped by the monitor, as Ctrl-C does, twice; the weights are the same to the last bit."""
    job = replace(job, recipe=replace(job.recipe, token_dropout=0.1))
    whole = replace(job, name="whole")
    expected = load_file(_train(whole) / "model.safetensors")
    with pytest.raises(Cancelled):
        _train(job, _stopping_at(3))
    with pytest.raises(Cancelled):
        _train(replace(job, resume=True), _stopping_at(11))
    resumed = load_file(_train(replace(job, resume=True)) / "model.safetensors")
    assert resumed.keys() == expected.keys()
    assert all((resumed[name] == expected[name]).all() for name in expected)


def test_a_run_killed_at_any_moment_ends_as_one_that_was_not(job: Job, home: Path) -> None:
    """SIGKILL, which leaves no time for anything, at moments that chance decides, until a run gets through."""
    expected = load_file(_train(replace(job, name="whole")) / "model.safetensors")
    recipe = job.recipe
    command = [
        *(sys.executable, "-m", "docqa", "finetune", *job.files, "--base", recipe.base, "--name", "mine"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--learning-rate", "1e-3"),
        *("--epochs", "2", "--device", "cpu", "--save-minutes", "0", "--json"),
    ]
    chance = random.Random(0)
    killed = 0
    while True:
        resume = ["--resume"] if (job.folder / "run.json").is_file() else []
        with subprocess.Popen([*command, *resume], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            # It saves after every step: wait for some more of them, then kill it in the middle of whatever it does.
            enough = _newest(job) + chance.randint(1, 4)
            while killed < 3 and process.poll() is None and _newest(job) < enough:
                pass
            if killed < 3 and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
                continue
            output, errors = process.communicate()
            assert process.returncode == 0, errors.decode()
            break
    assert killed == 3
    resumed = load_file(Path(json.loads(output)["folder"]) / "model.safetensors")
    assert all((resumed[name] == expected[name]).all() for name in expected)


def _newest(job: Job) -> int:
    """The step of the newest checkpoint folder, complete or not."""
    names = [folder.name for folder in (job.folder / "checkpoints").glob("checkpoint-*")]
    return max((int(name.rpartition("-")[2]) for name in names), default=0)


def test_two_processes_train_one_reader(job: Job) -> None:
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
        *("-m", "docqa", "finetune", *job.files, "--base", job.recipe.base, "--name", "both", "--device", "cpu"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--epochs", "2", "--json"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    steps = report["loss"][-1]["step"]
    # Each step takes a batch of both.
    assert steps == -(-report["training"]["counts"]["windows"] * 2 // 8)


def test_a_teacher_is_learned_from(job: Job, tmp_path: Path) -> None:
    teacher = tiny_models.make_reader(tmp_path / "teacher", PROSE, seed=7)
    taught = replace(job, name="taught", recipe=replace(job.recipe, teacher=str(teacher), teacher_weight=1.0))
    alone = load_file(_train(job) / "model.safetensors")
    both = load_file(_train(taught) / "model.safetensors")
    assert any((alone[name] != both[name]).any() for name in alone)


def test_a_blend_lies_between_the_base_and_what_was_trained(job: Job, tiny_reader: Path) -> None:
    base = load_file(tiny_reader / "model.safetensors")
    trained = load_file(_train(job) / "model.safetensors")
    blended = load_file(
        _train(replace(job, name="blend", recipe=replace(job.recipe, blend=0.25))) / "model.safetensors"
    )
    for name, weights in blended.items():
        expected = 0.75 * base[name].astype(np.float32) + 0.25 * trained[name].astype(np.float32)
        assert np.allclose(weights, expected, atol=2e-3)
    assert any((blended[name] != trained[name]).any() for name in blended)


def test_frozen_layers_stay_as_they_were(job: Job, tiny_reader: Path) -> None:
    base = load_file(tiny_reader / "model.safetensors")
    trained = load_file(_train(replace(job, recipe=replace(job.recipe, frozen=1))) / "model.safetensors")
    changed = {name for name in base if (base[name].astype(np.float16) != trained[name]).any()}
    still = {name for name in base if "embeddings" in name or "layer.0." in name}
    assert still and not changed & still
    assert any("layer.1." in name for name in changed) and any("qa_outputs" in name for name in changed)


def test_early_stopping_ends_a_run_that_gets_no_better(job: Job) -> None:
    hopeless = replace(job, recipe=replace(job.recipe, epochs=40, learning_rate=0.05, warmup=0, early_stopping=2))
    outcome = finetune(hopeless, prepare(hopeless, Monitor()), Monitor())
    assert outcome is not None
    counts = outcome.training.counts
    assert counts.watched > 0
    assert outcome.curve[-1][0] <= 20 * -(-counts.windows // 4)  # Half of the epochs.


def test_early_stopping_counts_on_after_an_interruption(job: Job) -> None:
    hopeless = replace(job, recipe=replace(job.recipe, epochs=40, learning_rate=0.05, warmup=0, early_stopping=2))
    whole = finetune(hopeless, prepare(hopeless, Monitor()), Monitor())
    assert whole is not None
    again = replace(hopeless, name="again")
    steps = whole.curve[-1][0]
    for number, step in enumerate((steps // 3, steps - 2)):
        with pytest.raises(Cancelled):
            _train(replace(again, resume=number > 0), _stopping_at(step))
    again = replace(again, resume=True)
    resumed = finetune(again, prepare(again, Monitor()), Monitor())
    assert resumed is not None
    assert resumed.curve[-1][0] == steps
    expected, weights = (load_file(one.model.folder / "model.safetensors") for one in (whole, resumed))
    assert all((weights[name] == expected[name]).all() for name in expected)


def test_a_reader_that_is_not_better_is_not_used(job: Job) -> None:
    still = replace(job, recipe=replace(job.recipe, learning_rate=1e-12, epochs=0.5))
    outcome = finetune(still, prepare(still, Monitor()), Monitor())
    assert outcome is not None
    assert not outcome.better
    assert registry.chosen(ModelKind.READER) == still.recipe.base


def test_a_result_has_to_beat_the_reader_in_use_and_not_its_base_alone(job: Job) -> None:
    registry.use(registry.BUNDLED, ModelKind.READER)
    outcome = finetune(job, prepare(job, Monitor()), Monitor())
    assert outcome is not None
    training = to_json(outcome.metadata)["training"]
    to_beat = training["in_use"]["metrics"], training["metrics"]["before"]
    assert training["in_use"]["name"] == registry.BUNDLED
    assert outcome.better is all(
        selection_key(training["metrics"]["after"]) > selection_key(metrics) for metrics in to_beat
    )
    assert registry.chosen(ModelKind.READER) == ("mine" if outcome.better else registry.BUNDLED)


def test_an_installed_reader_is_never_overwritten(job: Job) -> None:
    before = load_file(_train(job) / "model.safetensors")
    with pytest.raises(DocqaError, match="there is a reader called mine already") as error:
        _train(replace(job, recipe=replace(job.recipe, epochs=1)))
    assert "--name" in error.value.hint
    after = load_file(registry.find("mine", ModelKind.READER).folder / "model.safetensors")
    assert all((before[name] == after[name]).all() for name in before)


def test_an_output_folder_is_written_and_never_overwritten(job: Job, tmp_path: Path) -> None:
    out = replace(job, output=tmp_path / "out")
    assert _train(out) == tmp_path / "out"
    assert registry.chosen(ModelKind.READER) == out.recipe.base
    with pytest.raises(DocqaError, match="is there already"):
        _train(out)


def test_the_loss_is_logged_for_tensorboard(job: Job, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    _train(replace(job, log_dir=tmp_path / "logs"))
    (events,) = (tmp_path / "logs").rglob("events.out.*")
    assert b"train/loss" in events.read_bytes()


# --- mistakes ---


def test_an_unfinished_run_is_not_begun_again_by_accident(job: Job) -> None:
    stop = Event()
    monitor = Monitor(lambda at: stop.set() if at.stage == "training" else None, stop)
    with pytest.raises(Cancelled):
        _train(job, monitor)
    with pytest.raises(DocqaError, match="there is an unfinished run called mine") as error:
        _train(job)
    assert "--resume" in error.value.hint
    other = replace(job, resume=True, recipe=replace(job.recipe, learning_rate=1e-4))
    with pytest.raises(DocqaError, match=r"the run began with --learning-rate 0\.001, not 0\.0001"):
        _train(other)
    _file(Path(job.files[0]).parent, _pairs(41))
    with pytest.raises(DocqaError, match="the pairs, or documents that they name, changed since the run began"):
        _train(replace(job, resume=True))


def test_a_mistake_discards_no_unfinished_run(job: Job) -> None:
    stop = Event()
    with pytest.raises(Cancelled):
        _train(job, Monitor(lambda at: stop.set() if at.stage == "training" else None, stop))
    wrong = replace(job, restart=True, recipe=replace(job.recipe, teacher="nobody"))
    with pytest.raises(DocqaError, match="there is no reader called 'nobody'"):
        _train(wrong)
    assert (job.folder / "run.json").is_file()
    assert _train(replace(job, restart=True)).name == "mine"


def test_a_run_goes_on_wherever_its_files_are_named_from(job: Job, tmp_path: Path) -> None:
    stop = Event()
    with pytest.raises(Cancelled):
        _train(job, Monitor(lambda at: stop.set() if at.stage == "training" else None, stop))
    moved = tmp_path / "elsewhere.json"
    Path(job.files[0]).rename(moved)
    assert _train(replace(job, files=(str(moved),), resume=True)).name == "mine"


def test_nothing_to_resume(job: Job) -> None:
    with pytest.raises(DocqaError, match="there is no unfinished run called mine"):
        _train(replace(job, resume=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"learning_rate": 5}, "learning-rate is 5"),
        ({"precision": "int8"}, "precision is int8"),
        ({"test_split": 1.0}, "test-split is 1.0"),
        ({"max_seq_length": 4096}, "max_seq_length is 4096, but this reader takes at most 512"),
        ({"frozen": 2}, "the base has 2 layers"),
        ({"teacher": "nobody"}, "there is no reader called 'nobody'"),
        ({"base": "nobody"}, "there is no reader called 'nobody'"),
    ],
)
def test_a_recipe_that_cannot_be(job: Job, change: dict[str, object], message: str) -> None:
    wrong = replace(job, recipe=replace(job.recipe, **change))  # type: ignore[arg-type]
    with pytest.raises(DocqaError, match=message):
        _train(wrong)


def test_a_training_pair_on_a_context_of_the_test_is_left_out(job: Job, tmp_path: Path) -> None:
    pairs = _pairs(40)
    test = _file(tmp_path, pairs[:5], "test.json")
    data = prepare(replace(job, test_files=(str(test),)), Monitor())
    assert (len(data.train), len(data.test)) == (35, 5)
    assert "5 that ask about a context of the test were left out" in data.note
