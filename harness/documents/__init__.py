"""Bytes to plain data, for every file that a person or a server hands us: YAML or JSON, with the place of each value.

YAML is read with fewer surprises than its version 1.1 has: `no`, `on`, `012`, `22:22` and dates are text, keys are text
(as in JSON), a key given twice is an error, tags are refused. What could make a small file large or deep is bounded.
"""

from harness.documents.appending import append_entry
from harness.documents.places import Document, Place, Pointer
from harness.documents.reading import MAX_BYTES, parse
from harness.documents.writing import render

__all__ = ["MAX_BYTES", "Document", "Place", "Pointer", "append_entry", "parse", "render"]
