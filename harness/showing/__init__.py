"""The demo: the embedded release APIs before, between and after their fixes, under the same probes."""

from harness.showing.serving import serve
from harness.showing.steps import BUILDS
from harness.showing.walking import walk

__all__ = ["BUILDS", "serve", "walk"]
