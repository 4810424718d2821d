"""Records of refused attempts that an API shows on the very object: they grow with each refusal, and are no effect."""

import re
from collections.abc import Mapping

from harness.model import Json

_TRAIL = re.compile(r"audit|refus|denie|denial|attempt|reject|unauthor|forbidden", re.IGNORECASE)
_LOG = re.compile(r"log|history|event|activit|record|trail", re.IGNORECASE)
_SAYS_NO = re.compile(r"\b(40[13]|refused|denied|rejected|unauthori[sz]ed|forbidden)\b", re.IGNORECASE)


def without_trails(value: Json, name: str = "") -> Json:
    """A value without its records of refused attempts: lists of objects that are called so, and, in any log, those
    objects that tell of a refusal themselves. A list of anything else is data, whatever it is called."""
    if isinstance(value, Mapping):
        return {key: without_trails(one, key) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    if value and all(isinstance(one, Mapping) for one in value):
        if _TRAIL.search(name):
            return []
        if _LOG.search(name):
            return [one for one in value if not _tells_of_refusal(one)]
    return [without_trails(one) for one in value]


def _tells_of_refusal(entry: Mapping[str, Json]) -> bool:
    return any(isinstance(one, str | int) and _SAYS_NO.search(str(one)) is not None for one in entry.values())
