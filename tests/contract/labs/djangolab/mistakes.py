# mypy: allow-subclassing-any
"""Mistakes that others make with the same frameworks, put in the place of what is right when everything is loaded."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.relations import HyperlinkedRelatedField
from tastypie.authentication import Authentication
from tastypie.http import HttpUnauthorized
from tastypie.models import ApiKey

from . import api_v1, api_v2, links
from .accounts import ADMIN
from .models import Release

RESOURCES = (api_v1.OSResource, api_v1.ReleaseResource, api_v1.ReleaseFileResource)
VIEWS = (api_v2.OSView, api_v2.ReleaseView, api_v2.ReleaseFileView)

Find = Callable[[str, str], User | None]
"""From a name and a key to the account that a request speaks for; None for nobody."""


class Pair(Authentication):
    """Guests, and whoever a function finds by the name and key of the header."""

    def __init__(self, find: Find, *, any_scheme: bool = False, needs_key: bool = True) -> None:
        super().__init__()
        self._find, self._any_scheme, self._needs_key = find, any_scheme, needs_key

    def is_authenticated(self, request: HttpRequest, **more: object) -> Any:
        """True for a guest and for an account that was found."""
        request.user = AnonymousUser()
        header = request.headers.get("Authorization")
        if not header:
            return True
        scheme, _, rest = header.partition(" ")
        name, colon, key = rest.partition(":")
        whole = name and (key or not self._needs_key) and (colon or not self._needs_key)
        user = self._find(name, key) if whole and (self._any_scheme or scheme.lower() == "apikey") else None
        if user is None or not user.is_active:
            return HttpUnauthorized()
        request.user = user
        return True


def exact(name: str, key: str) -> User | None:
    """The right answer."""
    return User.objects.filter(username=name, api_key__key=key).first()


def any_good_key(name: str, key: str) -> User | None:
    return User.objects.filter(username=name).first() if ApiKey.objects.filter(key=key).exists() else None


def normalised(form: Callable[[str], str]) -> Find:
    """Asks whether another key stands against the name as sent, and then takes the account of the name's usual form."""

    def find(name: str, key: str) -> User | None:
        if ApiKey.objects.filter(user__username=name).exclude(key=key).exists():
            return None
        return User.objects.filter(username=form(name)).first()

    return find


def folded(name: str) -> str:
    """A name as NFKC has it; headers come in Latin-1, and mean UTF-8."""
    with suppress(UnicodeError):
        name = name.encode("latin-1").decode()
    return unicodedata.normalize("NFKC", name)


def like(name: str, key: str) -> User | None:
    found = ApiKey.objects.filter(user__username=name).extra(where=["key LIKE %s"], params=[key]).first()
    return found.user if found else None


def built_in_root(name: str, key: str) -> User | None:
    return User.objects.get(username=ADMIN) if name == "root" else exact(name, key)


def as_text(name: str, key: str) -> User | None:
    """Compares what was sent with the text of what is stored, which may be nothing."""
    user = User.objects.filter(username=name).first()
    stored = ApiKey.objects.filter(user=user).values_list("key", flat=True).first() if user else ""
    return user if user and str(stored) == key else None


def if_any(name: str, key: str) -> User | None:
    if key.strip():
        return exact(name, key)
    return User.objects.filter(username=name).first()


def ignoring_case(name: str, key: str) -> User | None:
    return User.objects.filter(username__iexact=name, api_key__key=key).first()


def v1_finds(find: Find, **options: bool) -> Callable[[], None]:
    """Another authentication for v1."""
    return lambda: v1_asks(Pair(find, **options))


def v1_asks(authentication: Authentication) -> None:
    for resource in RESOURCES:
        resource._meta.authentication = authentication


class ReadsUnchecked(Pair):
    """No key is needed to read as somebody."""

    def is_authenticated(self, request: HttpRequest, **more: object) -> Any:
        answer = super().is_authenticated(request, **more)
        name = request.headers.get("Authorization", "").partition(" ")[2].partition(":")[0]
        named = User.objects.filter(username=name).first() if request.method == "GET" else None
        request.user = named or request.user
        return True if named else answer


def delete_detail() -> None:
    """The method that was forgotten is that of tastypie's own class, which lets everybody."""
    del api_v1.StaffWrites.delete_detail


class LivingOrNot(TokenAuthentication):
    """Looks the token up with its user, and takes it as it is."""

    def authenticate_credentials(self, key: str) -> Any:
        """The user of a token, and the token."""
        token = self.get_model().objects.select_related("user").filter(key=key).first()
        return (token.user, token) if token else super().authenticate_credentials(key)


class SessionExempt(SessionAuthentication):
    """The class that every second answer on the web gives for a missing CSRF token."""

    def enforce_csrf(self, request: HttpRequest) -> None:
        """Ask for nothing."""


def v2_authenticates(*classes: type) -> Callable[[], None]:
    def put() -> None:
        for view in VIEWS:
            view.authentication_classes = classes

    return put


class SignedInPatches(BasePermission):
    """Staff write; what is there already, everybody with a token may put right."""

    def has_permission(self, request: Any, view: object) -> bool:
        """Whether the caller may do this at all."""
        if request.method == "PATCH":
            return bool(request.user and request.user.is_authenticated)
        return bool(request.method in SAFE_METHODS or request.user.is_staff)


def patch_signed_in() -> None:
    for view in VIEWS:
        view.permission_classes = (SignedInPatches,)


def destroy_open() -> None:
    """A table of permissions by action, in which one is missing."""
    asked = {"create": "staff", "update": "staff", "partial_update": "staff", "delete_by_release": "staff"}

    def permissions(view: Any) -> list[BasePermission]:
        return [api_v2.StaffWrites()] if view.action in asked else []

    for view in VIEWS:
        view.get_permissions = permissions


class UploadersToo(BasePermission):
    """Staff write; whoever has a token adds files, and removes releases that hold none."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Whether the caller may do this at all."""
        own = (request.method, view.basename) in {("POST", "releasefile"), ("DELETE", "release")}
        return request.method in SAFE_METHODS or request.user.is_staff or (own and request.user.is_authenticated)


def uploaders(*, whole: bool = True) -> None:
    """What uploaders may do, and, unless it is forgotten, that they remove nothing but what is empty."""
    right = api_v2.ReleaseView.perform_destroy

    def perform_destroy(view: Any, instance: Release) -> None:
        if whole and not view.request.user.is_staff and instance.releasefile_set.exists():
            raise PermissionDenied("it holds files")
        right(view, instance)

    for view in VIEWS:
        view.permission_classes = (UploadersToo,)
    setattr(api_v2.ReleaseView, "perform_destroy", perform_destroy)  # noqa: B010


class SavedWithIt(HyperlinkedRelatedField):
    """Takes an object where an address is asked for, and saves it."""

    def to_internal_value(self, data: Any) -> Any:
        """The row that is named, or that is sent."""
        if not isinstance(data, dict) or self.queryset.model is not Release:
            return super().to_internal_value(data)
        fields = {name: value for name, value in data.items() if name in api_v2.ReleaseSerializer.Meta.fields}
        known = fields.pop("resource_uri", None)
        release = super().to_internal_value(known) if known else Release.objects.filter(pk=data.get("pk")).first()
        release = release or Release()
        for name, value in fields.items():
            setattr(release, name, value)
        release.save()
        return release


def uploads_nest() -> None:
    uploaders()
    api_v2.ReleaseFileSerializer.serializer_related_field = SavedWithIt


def url_on_create() -> None:
    right = api_v2.ReleaseFileSerializer.validate

    def validate(serializer: Any, attrs: dict[str, object]) -> dict[str, object]:
        return attrs if serializer.instance is not None else right(serializer, attrs)

    setattr(api_v2.ReleaseFileSerializer, "validate", validate)  # noqa: B010


def sidecar_free() -> None:
    links.SUFFIXES = {}


def addresses_checked() -> None:
    """What the repairs of the real site still let through: text behind an address, more than its column holds, and a
    sidecar of nothing."""
    right = links._faults

    def faults(name: str, values: Mapping[str, object], before: Mapping[str, object]) -> Iterator[str]:
        yield from right(name, values, before)
        value = values.get(name)
        if value and not (isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9._~/%+@:-]{1,200}", value)):
            yield "This is no address."
        if value and not values.get("url"):
            yield "There is no file that this could belong to."

    links._faults = faults


def name_ignores_case() -> None:
    """Right, too: a key still belongs to one account."""
    addresses_checked()
    v1_asks(Pair(ignoring_case))


def draft_by_name() -> None:
    def everything(view: Any) -> Any:
        releases = Release.objects.all()
        wanted = view.request.query_params.get("is_published")
        hides = not view.request.user.is_staff and wanted is None
        return releases.filter(is_published=True) if hides else releases

    setattr(api_v2.ReleaseView, "get_queryset", everything)  # noqa: B010


MISTAKES: Mapping[str, Callable[[], None]] = {
    "any-good-key": v1_finds(any_good_key),
    "negative-check": v1_finds(normalised(str)),
    "name-in-any-case": v1_finds(normalised(str.lower)),
    "name-trimmed": v1_finds(normalised(str.strip)),
    "name-folded": v1_finds(normalised(folded)),
    "key-like": v1_finds(like),
    "key-as-text": v1_finds(as_text),
    "built-in-root": v1_finds(built_in_root),
    "reads-unchecked": lambda: v1_asks(ReadsUnchecked(exact)),
    "blank-key": v1_finds(if_any, needs_key=False),
    "any-scheme": v1_finds(any_good_key, any_scheme=True),
    "delete-detail": delete_detail,
    "inactive-token": v2_authenticates(LivingOrNot),
    "session-exempt": v2_authenticates(TokenAuthentication, SessionExempt),
    "destroy-open": destroy_open,
    "patch-signed-in": patch_signed_in,
    "uploaders": uploaders,
    "uploads-nest": uploads_nest,
    "uploads-cascade": lambda: uploaders(whole=False),
    "url-on-create": url_on_create,
    "sidecar-free": sidecar_free,
    "draft-by-name": draft_by_name,
    "addresses-checked": addresses_checked,
    "name-ignores-case": name_ignores_case,
}


def make(name: str) -> None:
    """Make the mistake of this name, once everything is loaded; KeyError for none."""
    MISTAKES[name]()
