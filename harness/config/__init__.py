"""The target file: what an owner says about an API, as data that can be relied on."""

from harness.config.base_url import BaseUrl
from harness.config.loading import load
from harness.config.patterns import METHODS, matches
from harness.config.target import Target
from harness.config.words import Auth, Denial, Limits, Operations, Resource, Statuses, UrlRule, Urls

__all__ = [
    "METHODS",
    "Auth",
    "BaseUrl",
    "Denial",
    "Limits",
    "Operations",
    "Resource",
    "Statuses",
    "Target",
    "UrlRule",
    "Urls",
    "load",
    "matches",
]
