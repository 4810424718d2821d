"""What other values are told in: JSON, methods, statuses."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Whatever `json.loads` gives."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
GATEWAY = frozenset({502, 503, 504})
"""Statuses by which others say that the target is away."""
REFUSALS = frozenset({401, 403})
"""Statuses that say: not you."""
