"""requirements.lock has what pyproject.toml asks for, all that this needs, and a hash of everything."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.samples import ROOT

_CUDA = re.compile(r"nvidia-|cuda-|triton")


def locked() -> dict[str, str]:
    """The packages of the lock, with their versions; each has a hash."""
    entries = re.split(r"\n(?=[A-Za-z])", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    found = {}
    for entry in entries[1:] if entries[0].startswith("#") else entries:
        requirement = Requirement(entry.partition(" \\")[0])
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found[canonicalize_name(requirement.name)] = pin.version
    assert len(found) > 100
    return found


def torch() -> Requirement:
    lines = (ROOT / "requirements-torch.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if not line.startswith("#")]
    return Requirement(line)


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return list(map(Requirement, [*project["dependencies"], *extras]))


def test_the_lock_has_what_the_project_asks_for() -> None:
    versions = locked() | {"torch": next(iter(torch().specifier)).version}
    for requirement in asked():
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}, but the lock has {version}: `make lock`"


def test_the_lock_has_all_that_these_need() -> None:
    versions, seen = locked(), set()
    pending = [canonicalize_name(requirement.name) for requirement in asked()]
    while pending:
        name = pending.pop()
        if name in seen or name == "torch" or _CUDA.match(name):
            continue
        seen.add(name)
        assert name in versions, f"{name} is not in requirements.lock: `make lock`"
        try:
            needed = map(Requirement, requires(name) or ())
        except PackageNotFoundError:
            continue  # Of another system.
        pending += [canonicalize_name(one.name) for one in needed if one.marker is None or one.marker.evaluate()]


def test_the_lock_names_no_package_index() -> None:
    """It is the same wherever it was made, and pip gets the files from the index that the user has chosen."""
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")
