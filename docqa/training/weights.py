"""The weights of a network before and after the training loop: freezing, interpolation, and saving them."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa import files
from docqa.models import loading

if TYPE_CHECKING:
    import torch

_TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json", "vocab.*", "merges.txt", "*.model")


def freeze_layers(network: Any, count: int) -> None:
    """Exclude the embeddings and the `count` lowest layers of `network` from training.

    They represent words and syntax, change little, and need no backward pass. Lee, Tang & Lin (2019), "What would Elsa
    do? Freezing layers during transformer fine-tuning".
    """
    embeddings = [module for name, module in network.named_modules() if name.rpartition(".")[2] == "embeddings"]
    for module in [*embeddings, *_layers(network)[:count]]:
        module.requires_grad_(False)


def _layers(network: Any) -> "list[torch.nn.Module]":
    """Return the layers of a network, the lowest first: its longest list of modules."""
    from torch.nn import ModuleList

    lists = [list(module) for module in network.modules() if isinstance(module, ModuleList)]
    return max(lists, key=len)


def interpolate_weights(network: Any, base: Path, share: float) -> None:
    """Average the weights of `network` with those of its base, in place; `share` is the weight of the network's.

    The result forgets less of what the training pairs don't cover. Wortsman et al. (2022), "Robust fine-tuning of
    zero-shot models".
    """
    base_weights = loading.load_trainable(base, "cpu", 0).state_dict()
    for name, weights in network.state_dict().items():
        if weights.is_floating_point():
            weights.lerp_(base_weights[name].to(weights), 1 - share)


def write_weights(network: Any, base: Path, folder: Path) -> None:
    """Write the network, in float16 (half the size, with the same answers), and the tokenizer of its base."""
    import torch

    # Training may have disabled attention dropout, which is not for the next training to inherit.
    original = files.read_json_object(base / "config.json")
    for name in ("attention_dropout", "attention_probs_dropout_prob"):
        if name in original:
            setattr(network.config, name, original[name])
    network.to(torch.float16)
    loading.save(network, folder)
    loading.load_tokenizer(base).save(str(folder / "tokenizer.json"))
    for pattern in _TOKENIZER_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)
