"""Training: features, batch order, hyperparameters, and runs interrupted at any point."""

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

from docqa import files, paths
from docqa.array_store import ArrayStore
from docqa.datasets import Gold, Pair
from docqa.errors import DocqaError
from docqa.evaluation.general_sample import calibrate_pulled
from docqa.files import write_json_object
from docqa.models import loading, registry
from docqa.models.metadata import read_json, to_json
from docqa.models.registry import Model, ModelKind
from docqa.progress import Cancelled, Monitor, Progress
from docqa.ranking import normalize
from docqa.reader.reader import Reader
from docqa.training.dataset import TokenMasking, batch_order, collate
from docqa.training.distillation import soft_targets
from docqa.training.features import NULL, Feature, make_features
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.job import Job, prepare, state_file
from docqa.training.run import finetune
from docqa.training.scoring import selection_key

_SMALL = TrainingConfig(max_seq_length=72, doc_stride=12, batch_size=4, learning_rate=1e-3, epochs=2)


def _pairs(count: int, seed: int = 0) -> list[Pair]:
    """Return pairs whose contexts use the tiny reader's vocabulary, four per document."""
    rng = random.Random(seed)
    vocabulary = [word for word in PROSE.split() if normalize(word)]
    pairs = []
    for number in range(count):
        words = [rng.choice(vocabulary) for _ in range(rng.randint(8, 60))]
        at = rng.randrange(len(words))
        context = " ".join(words)
        start = len(" ".join(words[:at])) + (1 if at else 0)
        gold = Gold(words[at], start)
        pairs.append(Pair(f"q{number}", f"Which {rng.choice(vocabulary)}?", context, (gold,), f"d{number // 4}"))
    return pairs


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


def _features(reader: Path, pairs: list[Pair], config: TrainingConfig = _SMALL) -> list[Feature]:
    return make_features(pairs, loading.load_tokenizer(reader), 512, config)


# --- features ---


def test_the_target_of_a_window_is_its_answer(tiny_reader: Path) -> None:
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


def test_the_target_is_shared_by_the_annotators(tiny_reader: Path) -> None:
    context = "The lighthouse was built in 1858 by Anna Holm."
    golds = tuple(Gold(text, context.index(text)) for text in ("in 1858", "1858", "1858"))
    (feature,) = _features(tiny_reader, [Pair("1", "When?", context, golds)], TrainingConfig(negatives=0))
    assert sorted(share for _, share in feature.start) == pytest.approx([1 / 3, 2 / 3])
    assert [share for _, share in feature.end] == [1.0]


def test_negatives_come_from_the_same_document_and_contain_no_answer(tiny_reader: Path) -> None:
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


def test_adversarial_questions_are_paired_with_the_windows_of_the_answer(tiny_reader: Path) -> None:
    pairs = [
        Pair(pair.id, f"{pair.question[:-1]} in 1858?", f"{pair.context} 1923", pair.answers, pair.document)
        for pair in _pairs(20)
    ]
    plain = _features(tiny_reader, pairs, replace(_SMALL, negatives=0))
    features = _features(tiny_reader, pairs, replace(_SMALL, negatives=0, adversarial_questions=0.5))
    added = features[len(plain) :]
    assert len(added) == 10
    ids = {feature.pair: feature.ids.tolist() for feature in plain}
    for feature in added:
        assert (feature.start, feature.end) == (NULL, NULL)
        assert feature.ids.tolist() != ids[feature.pair]
        assert feature.context == pairs[feature.pair].context


def test_masked_tokens_depend_only_on_the_position_in_the_order(tiny_reader: Path) -> None:
    features = _features(tiny_reader, _pairs(30))
    tokenizer = loading.load_tokenizer(tiny_reader)
    masking = TokenMasking.of(tokenizer, 0.3, seed=1)
    special = {tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")}
    masked = total = 0
    for position, feature in enumerate(features):
        read = masking.apply(feature, position)
        assert (read.ids == masking.apply(feature, position).ids).all()
        changed = read.ids != feature.ids
        assert set(read.ids[changed].tolist()) <= {masking.mask}
        assert not set(feature.ids[changed].tolist()) & special
        masked, total = masked + int(changed.sum()), total + len(feature.ids) - 3
    assert 0.2 < masked / total < 0.4
    assert (masking.apply(features[0], 0).ids != masking.apply(features[0], 1).ids).any()


def test_an_unanswerable_question_has_the_null_as_its_target(tiny_reader: Path) -> None:
    (feature,) = _features(tiny_reader, [Pair("1", "Who swam?", "The lighthouse was built in 1858.", ())])
    assert (feature.start, feature.end) == (NULL, NULL)


def test_every_window_with_the_answer_is_a_feature(tiny_reader: Path) -> None:
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
def test_the_order_is_fixed_and_every_pass_is_complete(
    lengths: list[int], batch: int, epochs: float, seed: int
) -> None:
    numbers = batch_order(lengths, batch, epochs, seed)
    assert (numbers == batch_order(lengths, batch, epochs, seed)).all()
    assert len(numbers) == max(1, round(epochs * len(lengths)))
    seen = Counter(numbers.tolist())
    assert max(seen.values()) <= -(-len(numbers) // len(lengths))
    if epochs >= 1:
        assert min(seen[n] for n in range(len(lengths))) >= int(epochs)


def test_the_sequences_of_a_batch_have_similar_lengths() -> None:
    rng = random.Random(0)
    lengths = [rng.randint(20, 380) for _ in range(4000)]
    numbers = batch_order(lengths, 16, 1, 0)
    padded = sum(max(lengths[n] for n in numbers[i : i + 16]) * 16 for i in range(0, 4000, 16))
    assert padded < 1.05 * sum(lengths)


def test_only_the_null_and_the_window_compete(tiny_reader: Path) -> None:
    features = _features(tiny_reader, _pairs(5))
    batch = collate([(feature, feature.start, feature.end) for feature in features], 512)
    for row, feature in enumerate(features):
        allowed = np.flatnonzero(batch["allowed"][row].numpy())
        assert allowed.tolist() == [0, *range(feature.first, feature.first + feature.size)]
        assert batch["start"][row].sum() == pytest.approx(1)
        assert batch["end"][row][~batch["allowed"][row]].sum() == 0
    assert batch["input_ids"].shape[1] % 16 == 0


# --- the teacher ---


def test_soft_targets_are_the_distributions_of_the_teacher(tiny_reader: Path, tmp_path: Path) -> None:
    folder = tmp_path / "teacher"
    shutil.copytree(tiny_reader, folder)
    write_json_object(folder / "docqa.json", {"length_penalty": 0.5})
    pairs = _pairs(6)
    features = _features(tiny_reader, pairs)
    teacher = Reader(Model("teacher", ModelKind.READER, folder, "folder"), "cpu")
    questions = [pair.question for pair in pairs]
    targets = soft_targets(teacher, features, questions, weight=1.0, store=ArrayStore(tmp_path), monitor=Monitor())
    for feature, (start, end) in zip(features, targets, strict=True):
        if not feature.answerable:
            assert (start, end) == (NULL, NULL)
            continue
        body = feature.ids[feature.first : feature.first + feature.size]
        starts, ends = teacher.logits([(feature.ids[1 : feature.first - 1].tolist(), body)])
        positions = range(feature.first, feature.first + feature.size)
        spans = {
            (a, b): starts[0, a] + ends[0, b] - 0.5 * (b - a) for a in positions for b in positions if 0 <= b - a < 30
        }
        weights = {span: math.exp(score) for span, score in {**spans, (0, 0): starts[0, 0] + ends[0, 0]}.items()}
        for side, target in enumerate((start, end)):
            shares = [sum(w for span, w in weights.items() if span[side] == position) for position in (0, *positions)]
            assert sum(share for _, share in target) == pytest.approx(1, abs=1e-5)
            likeliest = max(target, key=lambda each: each[1])[0]
            assert shares[[0, *positions].index(likeliest)] == pytest.approx(max(shares))


def test_the_predictions_of_a_teacher_are_stored(tiny_reader: Path, tmp_path: Path) -> None:
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


@pytest.fixture(autouse=True)
def general_sample(request: pytest.FixtureRequest) -> None:
    """Take the short sample, but where a test is of the metadata, which tell of the whole one."""
    if "installs_a_reader" not in request.node.name:
        request.getfixturevalue("few_general_questions")


@pytest.fixture
def job(tiny_reader: Path, tmp_path: Path) -> Job:
    file = _file(tmp_path, _pairs(40))
    config = TrainingConfig(**{**_SMALL.as_dict(), "base": str(tiny_reader)})
    registry.use(str(tiny_reader), ModelKind.READER)
    return Job((str(file),), config, "mine", device="cpu")


def _train(job: Job, monitor: Monitor | None = None) -> Path:
    monitor = monitor or Monitor()
    result = finetune(job, prepare(job, monitor), monitor)
    assert result is not None
    return result.model.folder


def _stopping_at(step: int) -> Monitor:
    """Return a monitor that is cancelled at a given training step."""
    stop = Event()
    return Monitor(lambda at: stop.set() if at.stage == "training" and at.done == step else None, stop)


def test_a_run_installs_a_reader_with_its_metadata_and_model_card(job: Job) -> None:
    folder = _train(job)
    metadata = read_json(folder)
    assert metadata["training"]["config"] == job.config.as_dict()
    assert metadata["training"]["metrics"]["before"]["test"]["total"] == metadata["training"]["counts"]["test"]
    assert {"bias", "threshold", "curves"} <= metadata["calibration"].keys()
    assert {"README.md", "loss.png", "model.safetensors", "tokenizer.json"} <= {file.name for file in folder.iterdir()}
    assert registry.find("mine", ModelKind.READER).source == "trained"
    assert not job.folder.exists()
    assert {str(value.dtype) for value in load_file(folder / "model.safetensors").values()} == {"float16"}
    # Training may use another dropout, but the result keeps that of its base.
    assert files.read_json_object(folder / "config.json")["attention_dropout"] == 0.1


def test_with_the_lexical_retriever_no_encoder_is_needed(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "reader").symlink_to(paths.bundled_models_dir() / "reader")
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: folder)
    with pytest.raises(DocqaError, match="is not an encoder that docqa can load"):
        _train(job)
    monkeypatch.setenv("DOCQA_RETRIEVER", "lexical")
    metadata = read_json(_train(job))
    assert metadata["calibrated"]["questions"] > 0
    pulled = registry.find("mine", ModelKind.READER)
    del metadata["calibration"], metadata["calibrated"]
    write_json_object(pulled.folder / "docqa.json", metadata)
    assert calibrate_pulled(pulled, Monitor()).questions > 0


def test_training_learns(job: Job) -> None:
    """The loss on repeated examples falls well below its initial value."""
    again = replace(job, config=replace(job.config, epochs=30, learning_rate=3e-3, negatives=0))
    result = finetune(again, prepare(again, Monitor()), Monitor())
    assert result is not None
    losses = [loss for _, loss in result.curve]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_a_cancelled_and_resumed_run_gives_the_same_weights(job: Job) -> None:
    """The run is cancelled twice, as by Ctrl-C."""
    job = replace(job, config=replace(job.config, token_masking=0.1))
    whole = replace(job, name="whole")
    expected = load_file(_train(whole) / "model.safetensors")
    with pytest.raises(Cancelled):
        _train(job, _stopping_at(3))
    with pytest.raises(Cancelled):
        _train(replace(job, resume=True), _stopping_at(11))
    resumed = load_file(_train(replace(job, resume=True)) / "model.safetensors")
    assert resumed.keys() == expected.keys()
    assert all((resumed[name] == expected[name]).all() for name in expected)


def test_a_killed_and_resumed_run_gives_the_same_weights(job: Job, home: Path) -> None:
    """The run is killed with SIGKILL three times, at random steps."""
    expected = load_file(_train(replace(job, name="whole")) / "model.safetensors")
    config = job.config
    command = [
        *(sys.executable, "-m", "docqa", "finetune", *job.files, "--base", config.base, "--name", "mine"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--learning-rate", "1e-3"),
        *("--epochs", "2", "--device", "cpu", "--save-minutes", "0", "--json"),
    ]
    rng = random.Random(0)
    killed = 0
    while True:
        resume = ["--resume"] if (job.folder / "run.json").is_file() else []
        with subprocess.Popen([*command, *resume], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            # It saves after every step. Wait for a few steps, then kill it at an arbitrary moment.
            enough = _newest(job) + rng.randint(1, 4)
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
    """Return the step of the newest checkpoint folder, complete or not."""
    names = [folder.name for folder in (job.folder / "checkpoints").glob("checkpoint-*")]
    return max((int(name.rpartition("-")[2]) for name in names), default=0)


def test_a_clock_that_was_set_back_loses_no_checkpoint(job: Job) -> None:
    job = replace(job, save_minutes=0)
    with pytest.raises(Cancelled):
        _train(job, _stopping_at(3))
    for checkpoint in (job.folder / "checkpoints").iterdir():
        os.utime(checkpoint, (2_000_000_000,) * 2)
    assert (_train(replace(job, resume=True)) / "model.safetensors").is_file()


KILLED_ONCE_INSTALLED = """
import os, signal, sys
from docqa.cli.main import main
from docqa.models import registry
def watch(frame, event, argument):
    if event == "return" and frame.f_code is registry.install.__code__:
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
main(sys.argv[1:])
"""


def test_a_run_that_was_killed_once_its_reader_was_installed_is_finished_by_resuming(job: Job) -> None:
    """Before it was used, and before the report."""
    config = job.config
    arguments = [
        *("finetune", *job.files, "--base", config.base, "--name", "mine", "--device", "cpu"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--learning-rate", "1e-3"),
        *("--epochs", "2"),
    ]
    killed = subprocess.run([sys.executable, "-c", KILLED_ONCE_INSTALLED, *arguments], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert job.folder.is_dir() and registry.find("mine", ModelKind.READER).metadata.training is not None
    # What a kill leaves of a run of this name that had no time to install anything.
    left = registry.models_dir() / "reader" / ".training-mine.abcd1234"
    left.mkdir()
    resumed = replace(job, resume=True)
    result = finetune(resumed, prepare(resumed, Monitor()), Monitor())
    assert result is not None and result.training.metrics.after.test.total > 0
    assert (registry.chosen(ModelKind.READER) == "mine") == result.better
    assert not job.folder.exists()
    with pytest.raises(DocqaError, match="already exists"):
        finetune(job, prepare(job, Monitor()), Monitor())


def test_a_full_disk_is_told_and_the_run_can_be_resumed(job: Job) -> None:
    """As far as a file may grow: a full disk needs one of its own to be mounted."""
    config = job.config
    arguments = [
        *("finetune", *job.files, "--base", config.base, "--name", "mine", "--device", "cpu"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--learning-rate", "1e-3"),
        *("--epochs", "2", "--save-minutes", "0"),
    ]
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, -1)); "
    limited += "from docqa.cli.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "can't be saved in" in done.stderr and "--resume" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and "bug" not in done.stderr
    resumed = replace(job, resume=True)
    assert finetune(resumed, prepare(resumed, Monitor()), Monitor()) is not None


def test_two_processes_train_one_reader(job: Job) -> None:
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
        *("-m", "docqa", "finetune", *job.files, "--base", job.config.base, "--name", "both", "--device", "cpu"),
        *("--max-seq-length", "72", "--doc-stride", "12", "--batch-size", "4", "--epochs", "2", "--json"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    steps = report["loss"][-1]["step"]
    # Each step consumes a batch from both workers.
    assert steps == -(-report["training"]["counts"]["windows"] * 2 // 8)


def test_a_teacher_changes_the_weights(job: Job, tmp_path: Path) -> None:
    teacher = tiny_models.make_reader(tmp_path / "teacher", PROSE, seed=7)
    distilled = replace(job, name="distilled", config=replace(job.config, teacher=str(teacher), teacher_weight=1.0))
    alone = load_file(_train(job) / "model.safetensors")
    both = load_file(_train(distilled) / "model.safetensors")
    assert any((alone[name] != both[name]).any() for name in alone)


def test_interpolated_weights_lie_between_the_base_and_the_trained_ones(job: Job, tiny_reader: Path) -> None:
    base = load_file(tiny_reader / "model.safetensors")
    trained = load_file(_train(job) / "model.safetensors")
    interpolated = load_file(
        _train(replace(job, name="interpolated", config=replace(job.config, weight_interpolation=0.25)))
        / "model.safetensors"
    )
    for name, weights in interpolated.items():
        expected = 0.75 * base[name].astype(np.float32) + 0.25 * trained[name].astype(np.float32)
        assert np.allclose(weights, expected, atol=2e-3)
    assert any((interpolated[name] != trained[name]).any() for name in interpolated)


def test_frozen_layers_do_not_change(job: Job, tiny_reader: Path) -> None:
    base = load_file(tiny_reader / "model.safetensors")
    trained = load_file(_train(replace(job, config=replace(job.config, freeze_layers=1))) / "model.safetensors")
    changed = {name for name in base if (base[name].astype(np.float16) != trained[name]).any()}
    still = {name for name in base if "embeddings" in name or "layer.0." in name}
    assert still and not changed & still
    assert any("layer.1." in name for name in changed) and any("qa_outputs" in name for name in changed)


def test_early_stopping_ends_a_run_without_improvement(job: Job) -> None:
    hopeless = replace(job, config=replace(job.config, epochs=40, learning_rate=0.05, warmup=0, early_stopping=2))
    result = finetune(hopeless, prepare(hopeless, Monitor()), Monitor())
    assert result is not None
    counts = result.training.counts
    assert counts.validation > 0
    assert result.curve[-1][0] <= 20 * -(-counts.windows // 4)  # Half of the epochs.


def test_early_stopping_is_not_affected_by_interruptions(job: Job) -> None:
    hopeless = replace(job, config=replace(job.config, epochs=40, learning_rate=0.05, warmup=0, early_stopping=2))
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
    expected, weights = (load_file(run.model.folder / "model.safetensors") for run in (whole, resumed))
    assert all((weights[name] == expected[name]).all() for name in expected)


def test_a_reader_that_is_not_better_is_not_used(job: Job) -> None:
    still = replace(job, config=replace(job.config, learning_rate=1e-12, epochs=0.5))
    result = finetune(still, prepare(still, Monitor()), Monitor())
    assert result is not None
    assert not result.better
    assert registry.chosen(ModelKind.READER) == still.config.base


def test_a_result_must_also_beat_the_reader_in_use(job: Job) -> None:
    registry.use(registry.BUNDLED, ModelKind.READER)
    result = finetune(job, prepare(job, Monitor()), Monitor())
    assert result is not None
    training = to_json(result.metadata)["training"]
    to_beat = training["in_use"]["metrics"], training["metrics"]["before"]
    assert training["in_use"]["name"] == registry.BUNDLED
    assert result.better is all(
        selection_key(training["metrics"]["after"]) > selection_key(metrics) for metrics in to_beat
    )
    assert registry.chosen(ModelKind.READER) == ("mine" if result.better else registry.BUNDLED)


def test_an_installed_reader_is_never_overwritten(job: Job) -> None:
    before = load_file(_train(job) / "model.safetensors")
    with pytest.raises(DocqaError, match="a reader named mine already exists") as error:
        _train(replace(job, config=replace(job.config, epochs=1)))
    assert "--name" in error.value.hint
    after = load_file(registry.find("mine", ModelKind.READER).folder / "model.safetensors")
    assert all((before[name] == after[name]).all() for name in before)


def test_an_output_folder_is_written_and_never_overwritten(job: Job, tmp_path: Path) -> None:
    out = replace(job, output=tmp_path / "out")
    assert _train(out) == tmp_path / "out"
    assert registry.chosen(ModelKind.READER) == out.config.base
    with pytest.raises(DocqaError, match="already exists"):
        _train(out)


def test_the_loss_is_logged_for_tensorboard(job: Job, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    _train(replace(job, log_dir=tmp_path / "logs"))
    (events,) = (tmp_path / "logs").rglob("events.out.*")
    assert b"train/loss" in events.read_bytes()


# --- errors ---


def test_an_unfinished_run_is_not_overwritten(job: Job) -> None:
    stop = Event()
    monitor = Monitor(lambda at: stop.set() if at.stage == "training" else None, stop)
    with pytest.raises(Cancelled):
        _train(job, monitor)
    with pytest.raises(DocqaError, match="there is an unfinished run named mine") as error:
        _train(job)
    assert "--resume" in error.value.hint
    other = replace(job, resume=True, config=replace(job.config, learning_rate=1e-4))
    with pytest.raises(DocqaError, match=r"the run began with --learning-rate 0\.001, not 0\.0001"):
        _train(other)
    _file(Path(job.files[0]).parent, _pairs(41))
    with pytest.raises(DocqaError, match="the pairs, or documents that they refer to, changed since the run began"):
        _train(replace(job, resume=True))


def test_an_invalid_job_discards_no_unfinished_run(job: Job) -> None:
    stop = Event()
    with pytest.raises(Cancelled):
        _train(job, Monitor(lambda at: stop.set() if at.stage == "training" else None, stop))
    wrong = replace(job, restart=True, config=replace(job.config, teacher="nobody"))
    with pytest.raises(DocqaError, match="there is no reader called 'nobody'"):
        _train(wrong)
    assert (job.folder / "run.json").is_file()
    assert _train(replace(job, restart=True)).name == "mine"


def test_a_run_resumes_after_its_files_were_moved(job: Job, tmp_path: Path) -> None:
    stop = Event()
    with pytest.raises(Cancelled):
        _train(job, Monitor(lambda at: stop.set() if at.stage == "training" else None, stop))
    moved = tmp_path / "elsewhere.json"
    Path(job.files[0]).rename(moved)
    assert _train(replace(job, files=(str(moved),), resume=True)).name == "mine"


def test_a_run_of_another_version_is_not_resumed(job: Job) -> None:
    with pytest.raises(Cancelled):
        _train(job, _stopping_at(1))
    state = files.read_json_object(state_file("mine"))
    state["recipe"] = state.pop("config")
    write_json_object(state_file("mine"), state)
    with pytest.raises(DocqaError, match="the unfinished run mine was started by another version of docqa"):
        _train(replace(job, resume=True))


def test_nothing_to_resume(job: Job) -> None:
    with pytest.raises(DocqaError, match="there is no unfinished run named mine"):
        _train(replace(job, resume=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "--epochs is 0"),
        ({"learning_rate": 5}, "--learning-rate is 5"),
        ({"precision": "int8"}, "precision is int8"),
        ({"test_split": 1.0}, "test-split is 1.0"),
        ({"max_seq_length": 4096}, "max_seq_length is 4096, but this reader takes at most 512"),
        ({"freeze_layers": 2}, "the base has 2 layers"),
        ({"teacher": "nobody"}, "there is no reader called 'nobody'"),
        ({"base": "nobody"}, "there is no reader called 'nobody'"),
    ],
)
def test_an_invalid_config_is_rejected(job: Job, change: dict[str, object], message: str) -> None:
    wrong = replace(job, config=replace(job.config, **change))  # type: ignore[arg-type]
    with pytest.raises(DocqaError, match=message):
        _train(wrong)


def test_training_pairs_about_contexts_of_the_test_are_left_out(job: Job, tmp_path: Path) -> None:
    pairs = _pairs(40)
    test = _file(tmp_path, pairs[:5], "test.json")
    data = prepare(replace(job, test_files=(str(test),)), Monitor())
    assert (len(data.train), len(data.test)) == (35, 5)
    assert "5 left out of training because their context is in the test" in data.note
