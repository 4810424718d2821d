"""Data to YAML that every reader takes alike."""

import re
from typing import Any

import yaml

from harness.documents.events import FLOAT
from harness.model import Json


def render(data: Json) -> str:
    """YAML that `parse` reads back as equal data. Other readers, also those of YAML 1.1, see the same types."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, width=120)


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


# Text such as `1e5` is a number to `scalar` and must be quoted; its other cases are YAML 1.1's, too.
_Writer.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(f"(?:{FLOAT.pattern})$"), list("-0123456789"))
