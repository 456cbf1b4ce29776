"""The device that models run on, and the floating point type to compute in."""

import importlib.util
import platform
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import DocqaError

if TYPE_CHECKING:
    import torch

# Device nodes that drivers create on Linux; those of Windows, under WSL, create /dev/dxg.
_NODES = {
    "cuda": ("/dev/nvidiactl", "/dev/dxg"),
    "hip": ("/dev/kfd", "/dev/dxg"),
    "xpu": ("/dev/dri", "/dev/dxg"),
}


def choose_device(setting: str) -> str:
    """The device of a setting: the best available one for "auto". Raises `DocqaError` if it is not available."""
    if is_cpu(setting):
        return "cpu"
    import torch

    available = {
        "cuda": torch.cuda.is_available(),
        "xpu": torch.xpu.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    names = [name for name, present in available.items() if present]
    if setting == "auto":
        return names[0]
    if not available.get(setting.partition(":")[0], False):
        raise DocqaError(
            f"there is no device {setting!r} that torch can use here", f"available: {', '.join(names)}, or auto"
        )
    return setting


def is_cpu(setting: str) -> bool:
    """Whether `choose_device` is certain to return "cpu", as far as can be told without importing torch."""
    return setting == "cpu" or (setting == "auto" and not accelerator_possible())


def accelerator_possible() -> bool:
    """Whether torch could find an accelerator. Asking torch itself would mean importing it, which takes seconds."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    spec = importlib.util.find_spec("torch")
    version = Path(spec.origin).parent / "version.py" if spec and spec.origin else None
    if version is None or not version.is_file():
        return True  # Importing torch will report what is wrong with it.
    build = runpy.run_path(str(version))
    kinds = [kind for kind in _NODES if build.get(kind)]
    if sys.platform != "linux":
        return bool(kinds)
    return any(Path(node).exists() for kind in kinds for node in _NODES[kind])


def precision(device: str, *, exact: bool = False) -> "torch.dtype":
    """The fastest floating point type that the device supports natively; float32 if `exact`."""
    import torch

    if exact:
        return torch.float32
    kind = device.partition(":")[0]
    if kind == "cuda":
        return torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float16
    if kind == "xpu":
        return torch.bfloat16
    if kind == "mps":
        return torch.float16
    # A CPU without the instructions emulates bfloat16, several times slower than float32.
    return torch.bfloat16 if torch.cpu.get_capabilities().get("avx512_bf16", False) else torch.float32


def supported_by_torch(folder: Path, device: str) -> bool:  # noqa: ARG001 - the signature of `BackendKind.can_load`
    """True: torch loads any reader on any device that `choose_device` returns, or reports what is wrong with it."""
    return True
