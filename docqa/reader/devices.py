"""Which device computes, and in which floating point type."""

import importlib.util
import platform
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import DocqaError

if TYPE_CHECKING:
    import torch

# What the drivers of a device make on Linux; Windows' under WSL have one of their own.
_NODES = {
    "cuda": ("/dev/nvidiactl", "/dev/dxg"),
    "hip": ("/dev/kfd", "/dev/dxg"),
    "xpu": ("/dev/dri", "/dev/dxg"),
}


def choose_device(wanted: str) -> str:
    """The best device that is there for "auto", else the one named. Raises `DocqaError` where it is not there."""
    if is_cpu(wanted):
        return "cpu"
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "xpu": torch.xpu.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, present in there.items() if present)
    if not there.get(wanted.partition(":")[0], False):
        present = ", ".join(name for name, here in there.items() if here)
        raise DocqaError(f"there is no device {wanted!r} that torch can use here", f"available: {present}, or auto")
    return wanted


def is_cpu(wanted: str) -> bool:
    """Whether it is sure, without torch, that `choose_device` says "cpu"."""
    return wanted == "cpu" or (wanted == "auto" and not accelerator_possible())


def accelerator_possible() -> bool:
    """Whether torch could find something better than the CPU. Asking torch itself means importing it, for seconds."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    found = importlib.util.find_spec("torch")
    version = Path(found.origin).parent / "version.py" if found and found.origin else None
    if version is None or not version.is_file():
        return True  # Let torch itself say what is wrong.
    built = runpy.run_path(str(version))
    kinds = [kind for kind in _NODES if built.get(kind)]
    if sys.platform != "linux":
        return bool(kinds)
    return any(Path(node).exists() for kind in kinds for node in _NODES[kind])


def precision(device: str, *, exact: bool = False) -> "torch.dtype":
    """The fastest floating point type that the device computes in itself, not by conversion; float32 if `exact`."""
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
    # bfloat16 on a CPU without the instructions is emulated, and several times slower than float32.
    return torch.bfloat16 if torch.cpu.get_capabilities().get("avx512_bf16", False) else torch.float32
