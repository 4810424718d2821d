"""The target file: what an owner says about an API, as data that can be relied on."""

from harness.config.accepting import DAYS as ACCEPTED_DAYS
from harness.config.accepting import Acceptance, today
from harness.config.base_url import BaseUrl
from harness.config.commands import WithCommands
from harness.config.interpolation import secrets_in
from harness.config.loading import load
from harness.config.objects import Effect, Need, Owner, Resource
from harness.config.patterns import METHODS, any_of, can_mean, matches
from harness.config.publishing import schema_of_targets
from harness.config.target import Target
from harness.config.ways import Auth, Login, Renewal
from harness.config.words import Added, Denial, Guarded, Limits, Operations, Policy, Statuses, Tls, UrlRule, Urls

__all__ = [
    "ACCEPTED_DAYS",
    "METHODS",
    "Acceptance",
    "Added",
    "Auth",
    "BaseUrl",
    "Denial",
    "Effect",
    "Guarded",
    "Limits",
    "Login",
    "Need",
    "Operations",
    "Owner",
    "Policy",
    "Renewal",
    "Resource",
    "Statuses",
    "Target",
    "Tls",
    "UrlRule",
    "Urls",
    "WithCommands",
    "any_of",
    "can_mean",
    "load",
    "matches",
    "schema_of_targets",
    "secrets_in",
    "today",
]
