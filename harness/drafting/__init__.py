"""A first target file from an OpenAPI document: what can be read off it is written down with what it rests on, and what
it does not say is named."""

from harness.drafting.answers import Answers, environment_names
from harness.drafting.finding import Found, from_file, from_url
from harness.drafting.sketch import Need, Sketch, sketched
from harness.drafting.writing import written

__all__ = [
    "Answers",
    "Found",
    "Need",
    "Sketch",
    "environment_names",
    "from_file",
    "from_url",
    "sketched",
    "written",
]
