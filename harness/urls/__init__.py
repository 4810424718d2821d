"""URLs that a release field must not hold: the corpus as rules, six readers, and the judge of a stored value."""

from harness.urls.corpus import UrlCase, case, further, smoke
from harness.urls.rules import UrlRule, judge

__all__ = ["UrlCase", "UrlRule", "case", "further", "judge", "smoke"]
