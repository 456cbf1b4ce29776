"""The hyperparameters of a training run. Each one is described here, once.

`docqa finetune` makes its flags from these fields, and docs/finetuning.md has the table that
`python -m docqa.training.hyperparameters` prints.
"""

import operator
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from docqa.config import Settings
from docqa.errors import DocqaError

PRECISIONS = ("auto", "float32", "bfloat16", "float16")

SAVE_MINUTES = 5.0
"""Default of `--save-minutes`. Not a hyperparameter: it does not affect the result."""

_SETTINGS = Settings()
_COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    ">": (operator.gt, "greater than"),
    ">=": (operator.ge, "at least"),
    "<": (operator.lt, "less than"),
    "<=": (operator.le, "at most"),
}


class Group(StrEnum):
    """A section of `docqa finetune --help`."""

    DATA = "data"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """The description of one field of `TrainingConfig`."""

    group: Group
    metavar: str
    help: str
    """One line, for `--help` and the documentation."""
    details: str = ""
    """Why the default is what it is, and when to change it: for the documentation only. Markdown."""
    unset: str = ""
    """What the default means, where its value does not say so."""
    limits: tuple[tuple[str, float], ...] = ()
    """Comparisons that a value must satisfy, such as `(">=", 0)`."""
    choices: tuple[str, ...] = ()


def _data(default: Any, metavar: str, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"about": Hyperparameter(Group.DATA, metavar, help, **more)})


def _training(default: Any, metavar: str, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"about": Hyperparameter(Group.TRAINING, metavar, help, **more)})


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything that decides the result of a training run, apart from its data."""

    test_split: float = _data(
        0.2,
        "SHARE",
        "share of the pairs held out for the test",
        details="Whole documents are held out, or whole contexts where there are too few documents.",
        limits=((">", 0), ("<", 1)),
    )
    max_per_context: int = _data(
        0,
        "N",
        "maximum number of pairs from one context",
        details="For data sets with hundreds of questions on one paragraph.",
        unset="all",
        limits=((">=", 0),),
    )
    negatives: float = _data(
        1.0,
        "SHARE",
        "windows without the answer, per answerable pair",
        details="They come from the same document: of six drawn at random, the one that shares most words with the "
        "question. Without them the null score says little about whole documents, and a reader trained on a few pairs "
        "answers what it should refuse. With many thousands of pairs, fewer save time.",
        limits=((">=", 0), ("<=", 10)),
    )
    adversarial_questions: float = _data(
        0.0,
        "SHARE",
        "questions made unanswerable by changing a word, per answerable pair",
        details="A name, a number or a word is replaced, and the window no longer answers the question, as in SQuAD "
        "2.0. For general-purpose readers; it does not help with a few pairs about your own documents.",
        limits=((">=", 0), ("<=", 1)),
    )
    max_seq_length: int = _data(
        _SETTINGS.max_seq_length,
        "N",
        "tokens in a sequence",
        details="The default of `docqa ask`, so that training sees the windows that reading will.",
    )
    doc_stride: int = _data(
        _SETTINGS.doc_stride, "N", "tokens by which windows overlap", details="The default of `docqa ask`."
    )
    base: str = _training(
        "",
        "READER",
        "reader to start from: a name or a folder",
        details="The folder of an encoder without a question-answering head gets a new head.",
        unset="the reader in use",
    )
    epochs: float = _training(
        3.0,
        "N",
        "passes over the pairs",
        details="Two to four are usual (Devlin et al. 2019, appendix A.3). Fractions are allowed.",
        limits=((">", 0),),
    )
    batch_size: int = _training(
        16,
        "N",
        "windows in a batch, on each device",
        details="Small, because a few dozen pairs should still make enough steps.",
        limits=((">=", 1),),
    )
    gradient_accumulation: int = _training(
        1,
        "N",
        "batches in a step",
        details="Raise it where a larger batch does not fit into memory.",
        limits=((">=", 1),),
    )
    learning_rate: float = _training(
        5e-5,
        "RATE",
        "peak learning rate",
        details="2e-5 to 1.5e-4 are usual for models of this kind.",
        limits=((">", 0), ("<", 1)),
    )
    warmup: float = _training(
        0.1,
        "SHARE",
        "share of the steps before the peak",
        details="After the peak, the rate falls linearly to 0.",
        limits=((">=", 0), ("<", 1)),
    )
    weight_decay: float = _training(
        0.01,
        "RATE",
        "weight decay",
        details="Decoupled (Loshchilov & Hutter 2019); biases and layer norms are excluded.",
        limits=((">=", 0), ("<", 1)),
    )
    token_masking: float = _training(
        0.0,
        "SHARE",
        "share of the tokens masked at random",
        details="Different ones in each pass. For several passes over many pairs, which a small model would otherwise "
        "memorize.",
        limits=((">=", 0), ("<", 1)),
    )
    weight_interpolation: float = _training(
        1.0,
        "SHARE",
        "weight of the trained model when it is averaged with its base",
        details="1 keeps the trained weights. Less forgets less of the base (Wortsman et al. 2022); results are in "
        "[benchmarks](../benchmarks/README.md).",
        limits=((">", 0), ("<=", 1)),
    )
    freeze_layers: int = _training(
        0,
        "N",
        "lowest layers to leave untrained, with the embeddings",
        details="Saves time (Lee, Tang & Lin 2019): on a CPU, a base of twelve layers trains about a fifth faster "
        "with four of them frozen.",
        limits=((">=", 0),),
    )
    teacher: str = _training(
        "",
        "READER",
        "reader to distill from: a name or a folder",
        details="Its distribution over starts and ends is mixed with the annotated answers (Hinton et al. 2015). It "
        "reads each window once, before training; `--resume` reuses what it has read.",
        unset="none",
    )
    teacher_weight: float = _training(
        0.5,
        "SHARE",
        "weight of the teacher's answers against the annotated ones",
        limits=((">=", 0), ("<=", 1)),
    )
    early_stopping: int = _training(
        0,
        "N",
        "stop after N passes without a lower validation loss",
        details="The validation set is a tenth of the training pairs; the test pairs are never used for this. The "
        "best pass is kept.",
        unset="never",
        limits=((">=", 0),),
    )
    precision: str = _training(
        "auto",
        "TYPE",
        "type to compute in",
        details="`auto` is what the device supports natively: bfloat16 on recent GPUs and CPUs, float16 on older "
        "GPUs, otherwise float32.",
        choices=PRECISIONS,
    )
    seed: int = _training(
        0, "N", "random seed", details="It decides the split, the order, the negatives, masking and dropout."
    )

    def check(self) -> None:
        """Raise `DocqaError` for the first value that is out of range."""
        for each in fields(self):
            value, about = getattr(self, each.name), describe(each.name)
            if about.choices and value not in about.choices:
                allowed = f"one of {', '.join(about.choices)}"
            elif not all(_COMPARISONS[sign][0](value, limit) for sign, limit in about.limits):
                allowed = " and ".join(f"{_COMPARISONS[sign][1]} {limit}" for sign, limit in about.limits)
            else:
                continue
            raise DocqaError(f"{flag(each.name)} is {value}", f"it must be {allowed}")

    def as_dict(self) -> dict[str, Any]:
        """Return the values by name, for run.json, docqa.json and the model card."""
        return asdict(self)


def names(group: Group) -> list[str]:
    """Return the names of a group's hyperparameters, in the order of the help text."""
    return [each.name for each in fields(TrainingConfig) if describe(each.name).group is group]


def describe(name: str) -> Hyperparameter:
    """Return the description of a hyperparameter."""
    about: Hyperparameter = TrainingConfig.__dataclass_fields__[name].metadata["about"]
    return about


def summary(name: str) -> str:
    """Return the line of a hyperparameter for `--help`, without its default."""
    about = describe(name)
    return f"{about.help}: {', '.join(about.choices)}" if about.choices else about.help


def flag(name: str) -> str:
    """Return the flag of `docqa finetune` that sets a hyperparameter."""
    return f"--{name.replace('_', '-')}"


def default(name: str) -> Any:
    """Return the default of a hyperparameter."""
    return TrainingConfig.__dataclass_fields__[name].default


def default_text(name: str) -> str:
    """Return the default of a hyperparameter as the documentation shows it."""
    value = default(name)
    return describe(name).unset or (f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value))


def table() -> str:
    """Return the hyperparameters as the Markdown table of docs/finetuning.md."""
    rows = ["| flag | default | meaning |", "|---|---|---|"]
    for name in (*names(Group.DATA), *names(Group.TRAINING)):
        meaning = f"{summary(name)[0].upper()}{summary(name)[1:]}. {describe(name).details}".strip()
        rows.append(f"| `{flag(name)}` | {default_text(name)} | {meaning} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
