"""What a new database holds: the tables, the users with their keys and a session, and some releases."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from rest_framework.authtoken.models import Token
from tastypie.models import ApiKey

from .accounts import ADMIN, INACTIVE, KEY_VARIABLES, SESSION_VARIABLE, STAFF, TOKEN_VARIABLES, USERNAMES
from .links import HOST, SUFFIXES
from .models import OS, Release, ReleaseFile

SYSTEMS = (("Windows", "windows"), ("macOS", "macos"), ("Source release", "source"), ("Android", "android"))
PUBLISHED = ("3.14.0", "3.13.9", "2.7.18")
UNPUBLISHED = ("3.15.0", "3.13.10")
ENDINGS = {"windows": "-amd64.exe", "source": ".tar.xz"}


def fill(secrets: Mapping[str, str]) -> None:
    """Make the tables and rows; `secrets` holds every variable of `accounts.py`."""
    # The migrations of five applications take seconds, and end in the same tables.
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    with transaction.atomic():
        _users(secrets)
        systems = {slug: OS.objects.create(name=name, slug=slug) for name, slug in SYSTEMS}
        for version in (*PUBLISHED, *UNPUBLISHED):
            release = Release.objects.create(
                name=f"Python {version}",
                slug=f"python-{version.replace('.', '')}",
                version=int(version[0]),
                is_latest=version == PUBLISHED[0],
                is_published=version in PUBLISHED,
                pre_release=version == UNPUBLISHED[0],
            )
            for values in _files(version):
                ReleaseFile.objects.create(release=release, os=systems[values.pop("os")], **values)


def _users(secrets: Mapping[str, str]) -> None:
    for name in USERNAMES:
        user = User(username=name, is_staff=name in STAFF, is_active=name not in INACTIVE)
        user.set_unusable_password()
        user.save()
        if name in KEY_VARIABLES:
            ApiKey.objects.create(user=user, key=secrets[KEY_VARIABLES[name]])
        if name in TOKEN_VARIABLES:
            Token.objects.create(user=user, key=secrets[TOKEN_VARIABLES[name]])
    _log_in(User.objects.get(username=ADMIN), secrets[SESSION_VARIABLE])


def _log_in(user: User, number: str) -> None:
    # A session store never takes a number that it has not drawn itself, so the row is written past it.
    store = SessionStore()
    held = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    row = store.create_model_instance(held)
    row.session_key = number
    row.save(force_insert=True)


def _files(version: str) -> Iterator[dict[str, Any]]:
    for system, ending in ENDINGS.items():
        url = f"{HOST}ftp/python/{version}/python-{version}{ending}"
        yield {
            "name": f"Python {version} for {system}",
            "slug": f"{version.replace('.', '')}-{system}",
            "os": system,
            "is_source": system == "source",
            "url": url,
            "gpg_signature_file": url + SUFFIXES["gpg_signature_file"],
            "sigstore_bundle_file": url + SUFFIXES["sigstore_bundle_file"],
            "sha256_sum": "0" * 64,
            "filesize": 25_000_000,
            "download_button": system == "windows",
        }
