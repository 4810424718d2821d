"""Families from the files of a folder."""

import difflib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from harness.errors import UsageError
from harness.family.claims import Family


def load_families(folder: Path) -> list[Family]:
    """Every family of a folder, in the order of their files' names. A file that is none is named in an error."""
    files = sorted(path for path in folder.rglob("*.py") if not path.name.startswith(("_", "conftest")))
    if not files:
        raise UsageError(f"{folder}: no family file (*.py) is in it; name a folder that holds some")
    families = [load_family(path) for path in files]
    _refuse_twins(zip(families, files, strict=True))
    return families


def no_family(name: str, known: Iterable[str]) -> str:
    """What is said of a name that is none of these."""
    near = difflib.get_close_matches(name, known := sorted(known), n=1)
    return f"there is no family {name!r}; " + (
        f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    )


def load_family(path: Path) -> Family:
    """The family that a file defines."""
    name = path.stem.replace("_", "-")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise UsageError(f"{path}: a family file is named in lower case with underscores, as in fabricated_key.py")
    module = _execute(path)
    family = getattr(module, "FAMILY", None)
    if not isinstance(family, Family):
        raise UsageError(f"{path}: no FAMILY is defined in it; write FAMILY = Family(…)")
    page = (module.__doc__ or "").strip()
    if not page:
        raise UsageError(f"{path}: it has no docstring; a family's docstring is its page, and its first line its claim")
    if not family.mutations:
        raise UsageError(f"{path}: FAMILY has no mutation; a family that changes nothing proves nothing")
    return replace(family, name=name, page=page, file=path.resolve())


def _execute(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"holdfast_family_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path}: it cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    except Exception as error:
        raise UsageError(f"{path}: it cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _refuse_twins(found: Iterable[tuple[Family, Path]]) -> None:
    seen: dict[str, Path] = {}
    for family, path in found:
        if family.name in seen:
            raise UsageError(f"{path}: family {family.name} stands in {seen[family.name]} already; rename one of them")
        seen[family.name] = path
