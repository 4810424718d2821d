"""Django's settings, by code: a lab is started with arguments and leaves no file behind but its database."""

import secrets
from pathlib import Path

import django
from django.conf import settings

PACKAGE = __name__.rpartition(".")[0]


def configure(database: Path, fixes: frozenset[str]) -> None:
    """Set Django up, once per process; only then can models be imported."""
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=f"{PACKAGE}.urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "tastypie",
            "rest_framework",
            "rest_framework.authtoken",
            PACKAGE,
        ],
        MIDDLEWARE=[
            "django.middleware.common.CommonMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": _sqlite(database)},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
            "URL_FIELD_NAME": "resource_uri",
        },
        LAB_FIXES=fixes,
    )
    django.setup()


def _sqlite(database: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(database),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
            # A transaction that reads first and writes later fails at once when another has written in between.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }
