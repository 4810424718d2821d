"""Which family finds which defect, and at which operations: what the bench holds the harness to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.bench.running import PACKAGE, RELEASE, V1, V2, families
from tests.contract.labs.djangolab import DEFECTS as DJANGO
from tests.contract.labs.fastapilab import DEFECTS as FASTAPI
from tests.contract.labs.flasklab import DEFECTS as FLASK

BYPASSED, LEAKED, WEAK = "BYPASSED any-change", "LEAKED marker-read", "WEAK any-change"
STORED = "BYPASSED stored-outside-rule"
FILE = f"{RELEASE}/files/{{file_id}}"
EVERY_NAME = frozenset(
    {
        *("conflicting-channels", "dead-credential", "fabricated-key", "guest-write", "legacy-channel"),
        *("low-privilege-write", "malformed-authorization", "malformed-key", "missing-key", "mixed-mode"),
        *("session-without-key", "wrong-scheme", "foreign-key", "fabricated-admin", "username-normalisation"),
        *("path-normalisation", "content-type-switch", "verb-tampering"),
        *(
            "method-override",
            "missing-proof",
            "trusted-headers",
            "second-way",
            "owner-in-body",
            "privileged-field",
            "foreign-object",
        ),
    }
)
"""Families that a write which asks nobody is a true finding of: every wrong credential gets in."""
LINKS = frozenset(one.name for one in families() if one.url_fields)
"""Families about URL fields: a loose check of addresses is a finding of many of them."""
LOW = frozenset({"conflicting-channels", "session-without-key", "method-override"})
"""Families with a probe that also carries an ordinary account's own key."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One mistake, and what is to be found of it."""

    name: str
    api: str
    """Name of the lab's API."""
    finds: Mapping[str, str]
    """Mutations that find it, the telling one first, each with the exact verdict; with two where its cases differ."""
    at: tuple[str, ...] = ()
    """Operations at which it is there; empty: wherever the mutations are tried."""
    also: frozenset[str] = field(default_factory=frozenset)
    """Families whose other mutations find it as well, and are right to."""

    @property
    def id(self) -> str:
        """For a test's name."""
        return f"{self.api}-{self.name}"

    @property
    def families(self) -> list[str]:
        """The families of `finds`, the telling one first."""
        return list(dict.fromkeys(one.partition("/")[0] for one in self.finds))


def _one(
    api: str, name: str, mutation: str, verdict: str = BYPASSED, *at: str, also: frozenset[str] = frozenset()
) -> Defect:
    return Defect(name, api, {mutation: verdict}, at, also)


def _keys(api: str, name: str, *mutations: str, also: str = "") -> Defect:
    """A defect of the check of keys: at every write."""
    return Defect(name, api, dict.fromkeys(mutations, BYPASSED), also=frozenset(also.split()))


def _fastapi() -> Iterator[Defect]:
    lab, login = "fastapi", "fastapi-login"
    yield _keys(
        lab,
        "key-shown-part",
        *("fabricated-key/last-char-changed", "fabricated-key/shortened-key", "fabricated-key/lengthened-key"),
        also="mixed-mode invalid-on-read",
    )
    yield _keys(
        lab,
        "key-starts-with",
        *("missing-key/empty-key", "fabricated-key/shortened-key", "guest-write/empty-header"),
        also="conflicting-channels malformed-authorization session-without-key invalid-on-read",
    )
    yield _keys(lab, "key-lower-case", "fabricated-key/case-swapped")
    yield _keys(lab, "bearer-name", "second-way/name-as-key")
    yield _keys(lab, "key-digest", "fabricated-key/hashed-key")
    yield _keys(lab, "key-like", "malformed-key/pattern", "fabricated-key/case-swapped")
    yield _keys(lab, "key-revoked", "dead-credential/revoked-key")
    yield _keys(lab, "key-rotated", "dead-credential/rotated-key")
    yield _keys(lab, "key-expired", "dead-credential/expired-key")
    yield _keys(
        login,
        "token-unsigned",
        *("fabricated-key/last-char-changed", "fabricated-key/first-char-changed", "fabricated-key/shortened-key"),
        also="malformed-authorization invalid-on-read mixed-mode forged-token",
    )
    yield _keys(login, "token-expired", "dead-credential/expired-key")
    yield _keys(login, "basic-empty", "malformed-authorization/other-basic")
    yield _one(login, "last-word", "malformed-authorization/valid-behind-comma", WEAK)
    mutations = ("nested-object/changed-by-low", "nested-object/made-by-low")
    found = dict.fromkeys(mutations, "BYPASSED outside-scope")
    yield Defect("uploads-nest", "fastapi-uploads", found, (f"POST {RELEASE}/files",))
    yield _keys(lab, "basic-empty", "malformed-authorization/other-basic")
    yield Defect(
        "none-is-none", lab, {"guest-write/no-header": BYPASSED}, also=EVERY_NAME | {"guest-view", "guest-read"}
    )
    yield _one(lab, "key-in-query", "legacy-channel/query", WEAK, also=frozenset({"conflicting-channels"}))
    yield _keys(lab, "session-beside", "session-without-key/cookie-alone", also="mixed-mode")
    yield _keys(lab, "name-in-header", "low-privilege-write/privileged-name-in-header")
    yield _keys(lab, "name-by-proxy", "trusted-headers/name-in-header", also="low-privilege-write")
    yield _keys(
        lab, "name-in-query", "low-privilege-write/privileged-name-in-query", "conflicting-channels/low-and-query"
    )
    yield _one(
        lab,
        "remembered",
        "guest-write/no-header",
        BYPASSED,
        *("POST /releases", f"POST {RELEASE}/files"),
        also=EVERY_NAME,
    )
    yield Defect("and-for-or", lab, {"low-privilege-write/own-credential": BYPASSED}, also=LOW | EVERY_NAME)
    yield _one(
        lab,
        "readers-delete",
        "low-privilege-write/own-credential",
        BYPASSED,
        f"DELETE {RELEASE}",
        f"DELETE {FILE}",
        also=LOW,
    )
    yield _one(lab, "delete-forgotten", "guest-write/no-header", BYPASSED, f"DELETE {RELEASE}", also=EVERY_NAME)
    yield _one(lab, "action-forgotten", "guest-write/no-header", BYPASSED, f"POST {RELEASE}/yank", also=EVERY_NAME)
    yield _one(lab, "children-forgotten", "guest-write/no-header", BYPASSED, f"POST {RELEASE}/files", also=EVERY_NAME)
    yield _keys(lab, "guard-by-raw-path", "path-normalisation/escapes")
    yield _one(lab, "url-dots", "url-off-domain/other-place", STORED, also=LINKS)
    yield _one(lab, "put-unlisted", "verb-tampering/guest", BYPASSED, f"PUT {RELEASE}")
    yank = f"POST {RELEASE}/yank"
    yield _one(
        lab, "action-by-get", "verb-tampering/read-of-an-action", BYPASSED, yank, also=frozenset({"method-override"})
    )
    yield _keys(lab, "other-json-passes", "content-type-switch/guest", "content-type-switch/arbitrary-key")
    yield Defect(
        "guard-too-late",
        lab,
        {"guest-write/no-header": BYPASSED, "fabricated-key/arbitrary-key": BYPASSED},
        also=EVERY_NAME,
    )
    for name in ("fails-after-write", "lost-after-write"):
        at = (f"PATCH {RELEASE}", f"PATCH {FILE}")
        yield Defect(name, lab, {"guest-write/no-header": BYPASSED}, at, EVERY_NAME)
    yield _keys(lab, "override-header", "method-override/guest", also="session-without-key")
    yield _keys(lab, "override-query", "method-override/guest")
    yield _one(
        lab,
        "members-open",
        "guest-read/no-credential",
        "LEAKED opened",
        "GET /members",
        also=frozenset({"guest-view", "conflicting-channels"}),
    )
    yield _one(lab, "members-whole", "credential-echo/other-key", "LEAKED credential-echo", "GET /members")
    drafts = {
        "draft-in-list": ("guest-view/plain", "GET /releases"),
        "draft-alone": ("guest-view/plain", f"GET {RELEASE}"),
        "draft-by-filter": ("guest-view/unpublished-wanted", "GET /releases"),
    }
    for name, (mutation, read) in drafts.items():
        yield _one(lab, name, mutation, LEAKED, read, also=frozenset({"conflicting-channels"}))
    below = (f"GET {RELEASE}/files", f"GET {FILE}")
    yield _one(lab, "draft-children", "guest-view/plain", LEAKED, *below, also=frozenset({"conflicting-channels"}))
    for name in ("url-contains", "url-ends-with", "url-pattern", "url-any-scheme"):
        yield _one(lab, name, "url-off-domain/other-place", STORED, also=LINKS)
    changing = (f"PATCH {RELEASE}", f"PUT {FILE}", f"PATCH {FILE}")
    yield _one(lab, "url-new-only", "url-off-domain/other-place", STORED, *changing, also=LINKS)
    yield _one(
        lab, "url-one-field", "url-off-domain/other-place", STORED, "POST /releases", f"PATCH {RELEASE}", also=LINKS
    )


def _flask() -> Iterator[Defect]:
    lab = "flask"
    yield _keys(
        lab,
        "any-bearer",
        "fabricated-key/random-key-alike",
        "fabricated-key/last-char-changed",
        also="dead-credential invalid-on-read",
    )
    yield _keys(
        lab,
        "short-comparison",
        "fabricated-key/last-char-changed",
        "fabricated-key/shortened-key",
        also="malformed-authorization",
    )
    yield _keys(lab, "blank-token", "missing-key/empty-key", also="malformed-authorization")
    yield _keys(lab, "former-user", "dead-credential/revoked-key")
    yield _one(lab, "query-token", "legacy-channel/query-alias", WEAK)
    yield _keys(lab, "basic-name", "malformed-authorization/other-basic", also="wrong-scheme")
    yield _keys(lab, "raw-method", "verb-tampering/small-letters")
    items = (f"POST {PACKAGE}", f"POST {PACKAGE}/versions/{{version_id}}")
    yield _one(lab, "post-on-items", "verb-tampering/guest", BYPASSED, *items)
    patches = (f"PATCH {PACKAGE}", f"PATCH {PACKAGE}/versions/{{version_id}}")
    yield _one(lab, "guest-patch", "guest-write/no-header", BYPASSED, *patches, also=EVERY_NAME)
    deletes = (f"DELETE {PACKAGE}", f"DELETE {PACKAGE}/versions/{{version_id}}")
    yield _one(lab, "member-delete", "low-privilege-write/own-credential", BYPASSED, *deletes, also=LOW)
    versions = [f"{PACKAGE}/versions", f"{PACKAGE}/versions/{{version_id}}"]
    nested = (f"POST {versions[0]}", *(f"{method} {versions[1]}" for method in ("PUT", "PATCH", "DELETE")))
    yield _one(lab, "member-version", "low-privilege-write/own-credential", BYPASSED, *nested, also=LOW)
    yield _one(lab, "signature", "sidecar-mismatch/other-file", STORED, *nested[:3], also=LINKS)
    for name in ("url-prefix", "url-scheme"):
        yield _one(lab, name, "url-off-domain/other-place", STORED, *nested[:3], also=LINKS)
    yield _one(lab, "url-patch", "url-off-domain/other-place", STORED, nested[2], also=LINKS)


def _django() -> Iterator[Defect]:
    one, two = "django-v1", "django-v2"
    yield _keys(one, "any-good-key", "foreign-key/low-key", "foreign-key/second-admin-key")
    yield _keys(one, "negative-check", "fabricated-key/keyless-admin-arbitrary-key")
    for name in ("name-in-any-case", "name-trimmed", "name-folded"):
        yield Defect(
            name,
            one,
            {"username-normalisation/spelled-with-arbitrary-key": BYPASSED},
            also=frozenset({"fabricated-key", "username-normalisation", "malformed-authorization"}),
        )
    yield _keys(one, "key-like", "malformed-key/pattern", "fabricated-key/case-swapped")
    yield _keys(one, "key-as-text", "fabricated-key/keyless-admin-no-key")
    yield _keys(one, "built-in-root", "fabricated-admin/well-known-name")
    yield _one(
        one, "reads-unchecked", "invalid-on-read/arbitrary-key", LEAKED, f"GET {V1}release/", f"GET {V1}release/{{id}}/"
    )
    yield _keys(one, "blank-key", "missing-key/empty-key", "missing-key/name-alone", also="mixed-mode")
    yield _keys(one, "any-scheme", "foreign-key/low-key", also="wrong-scheme")
    yield _one(one, "delete-detail", "guest-write/no-header", BYPASSED, f"DELETE {V1}os/{{id}}/", also=EVERY_NAME)
    yield _keys(two, "inactive-token", "dead-credential/inactive-account")
    yield _keys(two, "session-exempt", "session-without-key/cookie-alone", also="mixed-mode")
    yield _one(two, "destroy-open", "guest-write/no-header", BYPASSED, f"DELETE {V2}os/{{id}}/", also=EVERY_NAME)
    yield _one(
        two, "patch-signed-in", "low-privilege-write/own-credential", BYPASSED, f"PATCH {V2}os/{{id}}/", also=LOW
    )
    file = f"{V2}release_file/{{id}}/"
    yield _one(
        two,
        "url-on-create",
        "url-off-domain/other-place",
        f"{STORED}, CRASHED crash",
        f"PUT {file}",
        f"PATCH {file}",
        also=LINKS,
    )
    yield _one(one, "sidecar-free", "sidecar-mismatch/other-file", STORED, f"POST {V1}release_file/", also=LINKS)
    uploads, outside = "django-uploads", "BYPASSED outside-scope"
    mutations = ("nested-object/changed-by-low", "nested-object/made-by-low")
    yield Defect("uploads-nest", uploads, dict.fromkeys(mutations, outside), (f"POST {V2}release_file/",))
    cascade = "delete-cascade/with-what-low-may-not-remove"
    yield _one(uploads, "uploads-cascade", cascade, outside, f"DELETE {V2}release/{{id}}/")
    yield _one(two, "draft-by-name", "guest-view/unpublished-wanted", LEAKED, f"GET {V2}release/")


DEFECTS: tuple[Defect, ...] = (*_django(), *_flask(), *_fastapi())
VARIANTS = {"django-v1": ("name-ignores-case",), "fastapi": ("lookup-first", "keys-trimmed")}
"""Builds that are right in another way."""

NAMES: Mapping[str, frozenset[str]] = {
    "django": frozenset(DJANGO),
    "flask": frozenset(FLASK),
    "fastapi": frozenset(FASTAPI),
}
"""Every defect that a lab can be given."""
