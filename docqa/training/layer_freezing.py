"""Lower layers that stay as they are.

What a network knows of words and grammar lies low and changes little, and what is frozen needs no backward pass. Lee,
Tang & Lin (2019), "What would Elsa do? Freezing layers during transformer fine-tuning".
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def freeze_layers(network: Any, count: int) -> None:
    """Leave the embeddings and the `count` lowest layers of `network` out of training."""
    below = [module for name, module in network.named_modules() if name.rpartition(".")[2] == "embeddings"]
    for module in [*below, *_layers(network)[:count]]:
        module.requires_grad_(False)


def _layers(network: Any) -> "list[torch.nn.Module]":
    """The network's layers, the lowest first: every model of the family keeps them in one list."""
    from torch.nn import ModuleList

    found = [list(module) for module in network.modules() if isinstance(module, ModuleList)]
    return max(found, key=len)
