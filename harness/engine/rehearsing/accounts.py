"""Accounts that a run makes for itself, logs in as, and removes: the only ones whose own objects it writes to."""

from collections.abc import Mapping
from dataclasses import replace

from harness.canaries import Canary
from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened
from harness.model import Identity, Json, Secret
from harness.resources import spellings

_NAMES = ("username", "login", "user", "email", "name")
_KEYS = ("api_key", "key", "token", "auth_token", "access_token")


def open_accounts(stage: Stage, opened: Opened) -> dict[str, str]:
    """Makes every account of the target file that a run is to make, and logs in as it; name -> why, of those for which
    that fails."""
    return {one.name: why for one in opened.made if (why := _open(stage, opened, one))}


def _open(stage: Stage, opened: Opened, identity: Identity) -> str:
    resources = [one for one in opened.graph.resources if one.creators]
    resource = next((one for one in resources if identity.resource.lower() in spellings(one.name)), None)
    if resource is None:
        known = ", ".join(one.name for one in resources)
        return f"identities.{identity.name}: there is no resource {identity.resource}; there is {known}"
    canary, proof = stage.keeper.make(resource, group=f"account {identity.name}")
    if canary is None:
        return f"identities.{identity.name}: it could not be made: {proof.reason}"
    key = _key(stage, opened, identity, canary.values)
    if key is None:
        return f"identities.{identity.name}: nothing tells its key; name a way to log in under `auth`"
    label = f"{identity.name.upper().replace('-', '_')}_KEY"
    opened.redactor.learn(label, key.reveal())
    opened.signer.add(replace(identity, username=_username(canary), key=key), label)
    opened.logins.open([identity.name])
    if identity.name in opened.logins.failures:
        return f"identities.{identity.name}: {opened.logins.failures[identity.name]}"
    stage.keeper.accounts[identity.name] = canary
    return ""


def _username(canary: Canary) -> str:
    told = (canary.values.get(name) for name in _NAMES)
    return next((one for one in told if isinstance(one, str) and one), canary.id)


def _key(stage: Stage, opened: Opened, identity: Identity, values: Mapping[str, Json]) -> Secret | None:
    """What the account signs with: the password that it was made with, where it logs in or sends that itself, or the
    key that it was given."""
    channel = opened.channels[identity.auth]
    if channel.login or channel.encoded:
        return Secret(stage.keeper.password)
    told = (values.get(name) for name in _KEYS)
    return next((Secret(one) for one in told if isinstance(one, str) and one), None)
