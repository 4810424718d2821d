# mypy: allow-subclassing-any
"""Who sent a request to v1.

The defect is the one of 2014, as it was made. tastypie's key check asks the hook `_unauthorized` what to answer when a
key is wrong, and hands that answer on. A subclass that lets guests in by overriding the hook therefore answers a wrong
key with True, and `is_authenticated`, which by then has looked up the named user, makes the request theirs.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from tastypie.authentication import ApiKeyAuthentication, Authentication
from tastypie.http import HttpUnauthorized

PARAMETERS = ("username", "api_key")


class GuestsThroughTheHook(ApiKeyAuthentication):
    """2014: guests are let in by the hook that also answers for a wrong key."""

    def check_active(self, user: object) -> bool:
        """Closed accounts pass: the site had users of its own, and no such check."""
        return True

    def _unauthorized(self) -> bool:
        return True


class GuestsApart(ApiKeyAuthentication):
    """After #2946: who brings no user name and key is a guest; a pair that is not right is a refusal."""

    def check_active(self, user: object) -> bool:
        """Closed accounts pass, still."""
        return True

    def is_authenticated(self, request: HttpRequest, **more: object) -> Any:
        """True for a guest and for a valid pair."""
        try:
            guest = not all(self.extract_credentials(request))
        except ValueError:
            guest = True
        return guest or super().is_authenticated(request, **more)


class HeaderAlone(Authentication):
    """After #3015: a credential is one well-formed header of a living account, or there is none at all."""

    def __init__(self, keys: ApiKeyAuthentication) -> None:
        super().__init__()
        self._keys = keys

    def is_authenticated(self, request: HttpRequest, **more: object) -> Any:
        """True for a guest and for what the key check takes, within the boundaries."""
        request.user = AnonymousUser()
        if self._elsewhere(request):
            return HttpUnauthorized()
        if not request.headers.get("Authorization"):
            return True
        try:
            whole = all(self._keys.extract_credentials(request))
        except ValueError:
            whole = False
        answer = self._keys.is_authenticated(request, **more) if whole else HttpUnauthorized()
        if request.user.is_authenticated and not request.user.is_active:
            request.user, answer = AnonymousUser(), HttpUnauthorized()
        return answer

    def _elsewhere(self, request: HttpRequest) -> bool:
        # A form that is parsed as it comes in cannot be read as a body any more.
        _ = request.body
        return any(name in sent for name in PARAMETERS for sent in (request.GET, request.POST))


def authentication() -> Authentication:
    """The key check of this process's build."""
    keys = GuestsApart() if "auth" in settings.LAB_FIXES else GuestsThroughTheHook()
    return HeaderAlone(keys) if "v1-boundaries" in settings.LAB_FIXES else keys
