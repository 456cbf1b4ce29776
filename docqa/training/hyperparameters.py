"""How a reader is trained: every hyperparameter, flat, each with the reason for its default."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from docqa.errors import DocqaError


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The hyperparameters of a training run. docs/finetuning.md says more of each."""

    base: str = ""
    """The reader (or encoder folder) to start from; "" is the reader in use: what it has learned is kept."""
    epochs: float = 3.0
    """Passes over the pairs. Two to four is the field's habit (Devlin et al. 2019, appendix A.3); parts are allowed."""
    max_seq_length: int = 384
    """Tokens in a sequence: the length that `docqa ask` reads, so that training sees what reading will."""
    doc_stride: int = 128
    """Tokens that the windows of a long context overlap by, as in reading."""
    batch_size: int = 16
    """Sequences a step on each device. Small, because a person's own pairs are few, and steps must be enough."""
    learning_rate: float = 5e-5
    """The peak. The middle of what is usual for models of this family (2e-5 to 1.5e-4)."""
    warmup: float = 0.1
    """The share of steps over which the learning rate rises, before it falls linearly to 0."""
    weight_decay: float = 0.01
    """Decoupled (Loshchilov & Hutter 2019); biases and layer norms are left out."""
    seed: int = 0
    """Decides the split, the order, the negatives and dropout."""
    precision: str = "auto"
    """auto, float32, bfloat16 or float16: auto is what the device computes in itself, without emulation."""
    gradient_accumulation: int = 1
    """Batches a step: more of them make a larger batch than the memory holds at once."""
    negatives: float = 0.2
    """Windows without the answer, as a share of the answerable pairs: they teach the null score its meaning."""
    altered: float = 0.0
    """Windows with the answer asked an altered question, as a share of the answerable pairs."""
    token_dropout: float = 0.0
    """The share of a sequence's words that are masked, others at each pass: what a large model learns by heart less."""
    frozen: int = 0
    """Layers from below that stay as they are, with the embeddings; 0 trains all. It saves time, for a large base."""
    teacher: str = ""
    """A reader whose answers are learned beside the given ones (Hinton et al. 2015); "" is none."""
    teacher_weight: float = 0.5
    """The teacher's share of the target, 0 to 1."""
    blend: float = 1.0
    """The trained weights' share of the result, the rest is the base's (Wortsman et al. 2022); 1 is all theirs."""
    max_per_context: int = 0
    """Pairs taken of one context; 0 is all. A context asked a hundred times teaches little but itself."""
    test_split: float = 0.2
    """The share of the pairs, by whole documents or contexts, that is held out to measure with."""
    early_stopping: int = 0
    """Passes without a lower loss on held-out training pairs after which training stops; 0 is never."""

    def check(self) -> None:
        """Raise `DocqaError` where a value can't be."""
        rules = {
            "epochs": (self.epochs > 0, "more than 0"),
            "batch_size": (self.batch_size >= 1, "1 or more"),
            "learning_rate": (0 < self.learning_rate < 1, "between 0 and 1; 5e-5 is usual"),
            "warmup": (0 <= self.warmup < 1, "a share of the steps, from 0 to below 1"),
            "weight_decay": (0 <= self.weight_decay < 1, "from 0 to below 1"),
            "precision": (self.precision in PRECISIONS, f"one of {', '.join(PRECISIONS)}"),
            "gradient_accumulation": (self.gradient_accumulation >= 1, "1 or more"),
            "negatives": (0 <= self.negatives <= 10, "from 0 to 10"),
            "altered": (0 <= self.altered <= 1, "from 0 to 1"),
            "token_dropout": (0 <= self.token_dropout < 1, "from 0 to below 1"),
            "frozen": (self.frozen >= 0, "0 (none) or more"),
            "teacher_weight": (0 <= self.teacher_weight <= 1, "from 0 to 1"),
            "blend": (0 < self.blend <= 1, "more than 0, and 1 at most"),
            "max_per_context": (self.max_per_context >= 0, "0 (all) or more"),
            "test_split": (0 < self.test_split < 1, "a share of the pairs, between 0 and 1"),
            "early_stopping": (self.early_stopping >= 0, "0 (never) or more"),
        }
        for name, (holds, wanted) in rules.items():
            if not holds:
                flag = name.replace("_", "-")
                raise DocqaError(f"{flag} is {getattr(self, name)}", f"--{flag} has to be {wanted}")

    def as_dict(self) -> dict[str, Any]:
        """For run.json, docqa.json and the model card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The inverse of `as_dict`; what an earlier docqa did not write has its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


PRECISIONS = ("auto", "float32", "bfloat16", "float16")
