"""The target of an earlier run, without its keys: nothing is sent, so none is needed."""

import re
import tempfile
from pathlib import Path

from harness import documents
from harness.config import BaseUrl
from harness.engine import Opened, open_target
from harness.errors import UsageError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def reopened(folder: Path, target: Path | None = None) -> Opened:
    """What the run that wrote `folder` was about, with values in place of keys that are none. Raises UsageError where
    the folder tells of no run."""
    file = target or folder / "target.yaml"
    try:
        text, document = file.read_text(), (folder / "document").read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise UsageError(f"{folder}: cannot be read ({reason}); name the --out of a run") from None
    data = documents.parse(text.encode(), str(file)).data
    if not isinstance(data, dict):
        raise UsageError(f"{file}: is no target file; name the --out of a run")
    # Of neither is there any use where nothing is sent.
    kept = {name: value for name, value in data.items() if name not in ("proof", "tls")}
    samples = {name: f"no-key-but-a-stand-in-{number:04}" for number, name in enumerate(_VARIABLE.findall(text))}
    try:
        prefix = BaseUrl.parse(str(data.get("base_url"))).prefix
    except ValueError as error:
        raise UsageError(f"{file}: base_url: {error}") from None
    with tempfile.TemporaryDirectory() as scratch:
        beside = Path(scratch, "target.yaml")
        beside.write_text(documents.render(kept))
        opened = open_target(beside, samples, f"http://127.0.0.1{prefix}", document)
    opened.wire.close()
    return opened
