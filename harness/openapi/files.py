"""A document in several files, put together into one.

Only files beside the target file, or in folders there, are read: neither `..` nor a symbolic link leads out, and
nothing is ever fetched. A reference that leads elsewhere is wrong with its operation alone, as any other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from harness import documents
from harness.errors import DocumentError
from harness.model import Json
from harness.openapi.references import refused

WORD = "x-files"
"""Where the other files stand in the one that is put together."""
MOST = 200
"""Files that a document may have."""


def bundled(data: Mapping[str, Json], file: Path, folder: Path) -> dict[str, Json]:
    """The data of `file` with every file that it names by `$ref` in it, and references to no such file refused.

    Raises `ConfigError` for one that is no YAML or JSON, and `DocumentError` for more than all may hold.
    """
    bundle = _Bundle(folder.resolve())
    main = bundle.rewritten(data, file.parent.resolve(), "")
    while bundle.pending:
        path, name = bundle.pending.pop()
        bundle.files[name] = bundle.rewritten(bundle.read(path), path.parent, f"/{WORD}/{name}")
    whole: dict[str, Json] = {**main, WORD: bundle.files} if bundle.files else main
    return whole


@dataclass(slots=True)
class _Bundle:
    folder: Path
    files: dict[str, Json] = field(default_factory=dict)
    pending: list[tuple[Path, str]] = field(default_factory=list)
    names: dict[Path, str] = field(default_factory=dict)
    left: int = documents.MAX_BYTES

    def rewritten(self, node: Json, here: Path, place: str) -> Json:
        """A copy whose references all stay in the whole; `place` is where the file stands in it."""
        if isinstance(node, list):
            return [self.rewritten(item, here, place) for item in node]
        if not isinstance(node, dict):
            return node
        return {
            key: self._reference(value, here, place)
            if key == "$ref" and isinstance(value, str)
            else self.rewritten(value, here, place)
            for key, value in node.items()
        }

    def _reference(self, reference: str, here: Path, place: str) -> str:
        path, _, fragment = reference.partition("#")
        if not path:
            return f"#{place}{fragment}"
        found = self._inside(path, here)
        if found is None:
            return refused(f"reference to what is no file beside the target file: {reference}")
        if found not in self.names:
            self.names[found] = f"{re.sub('[^A-Za-z0-9_]', '-', found.stem)}-{len(self.names)}"
            self.pending.append((found, self.names[found]))
            if len(self.names) > MOST:
                raise DocumentError(f"the OpenAPI document names more than {MOST} files; put it together first")
        return f"#/{WORD}/{self.names[found]}{fragment}"

    def _inside(self, path: str, here: Path) -> Path | None:
        """The file that is meant, if it may be read."""
        if ":" in path or path.startswith(("/", "\\")):
            return None
        try:
            found = (here / unquote(path)).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        return found if found.is_relative_to(self.folder) and found.is_file() else None

    def read(self, path: Path) -> Json:
        """The data of another file."""
        with path.open("rb") as opened:
            data = opened.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise DocumentError(
                f"{path}: with it the OpenAPI document is larger than "
                f"{documents.MAX_BYTES // 1024**2} MiB; leave parts out"
            )
        return documents.parse(data, str(path)).data
