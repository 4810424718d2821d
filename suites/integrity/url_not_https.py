"""URL not https: an address that is new or changed is stored with the scheme of its allow-list, and with no other.

## Why it matters

Whoever sits between a reader and a plain `http` address sends what they like in its place, the installer and the
signature that vouches for it alike. Other schemes are no addresses of a download at all: `javascript:` runs in the page
that shows the link, `data:` carries its own page along, and `ftp` is open like `http`. python.org's API took all of
them until 2026, then the host with either scheme, and only since pull request 3014 `https` alone for whatever is new or
changed.

## How the verdict is reached

The entitled identity stores a good address in the field, which is read back. Then the same address goes in with
another scheme: `http` in small and in capital letters, `ftp`, `ws`, `javascript` and `data`. 400 or 422 is HELD, if the
good address still passes afterwards; a value that is dropped or put right is no finding. BYPASSED is an object that
holds the other scheme when it is read back. Where a field continues another one (`suffix_of`), both go in with plain
`http` as well, so that they fit each other and nothing but the scheme is wrong.

Addresses that were stored before the rule came are left alone: a server may take them back unchanged.

## How to fix it

Compare the beginning of the text with whole prefixes, `https://` included, wherever a value is new or differs from the
stored one. What is stored already may stay until somebody changes it, so that old objects can still be edited.

    def https_only(new: str, old: str = "") -> None:
        if new != old and not new.startswith("https://www.example.org/"):
            raise ValidationError("an https address of ours is needed")

Django's `URLValidator` takes four schemes unless told: `URLValidator(schemes=["https"])`. Put it among the
`validators` of the model field, and call `full_clean()` in `save`. In Django REST Framework the old value is
`self.instance` in `validate`; in tastypie it is in `bundle.obj`, before `hydrate` writes over it.

FastAPI: `AnyHttpUrl` takes `http`; name the scheme:

    Secure = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"], host_required=True)]

Flask: one function, called by create and update alike.

## References

- CWE-319 (transmission in clear), CWE-20 (input validation), CWE-601 (redirection to an untrusted site)
- OWASP ASVS 5: 1.2.2, 2.2.1; OWASP API Security Top 10 2023: API10, for those who consume the data
- PSF advisory of 2026-06-23 on python.org's release API; github.com/python/pythondotorg, pull request 3014
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Severity
from harness.urls import judge

FAMILY = Family(severity=Severity.HIGH, cwe=(319, 20, 601), owasp="API10:2023", on=WRITES_WITH_BODY, url_fields=True)

SCHEMES = ("http", "HTTP", "ftp", "ws", "javascript")


def _with_scheme(scheme: str, good: str) -> str:
    return f"{scheme}://{good.partition('://')[2]}"


def _breaks(control: Control, value: str) -> bool:
    return control.rule is not None and judge(value.replace("{marker}", "m"), control.rule).outside is True


@FAMILY.mutation
def other_scheme(control: Control) -> Iterator[Mutant]:
    """The good address has another scheme."""
    values = {one: _with_scheme(one, control.good) for one in SCHEMES}
    values["data"] = f"data:text/html,{control.good.partition('://')[2]}"
    for name, value in values.items():
        if _breaks(control, value):
            yield control.storing(value).named(case="upper-case-http" if name == "HTTP" else name)


@FAMILY.mutation
def with_its_artifact(control: Control) -> Iterator[Mutant]:
    """The field and the one that it continues both have plain http, and fit each other."""
    rule = control.rule
    value = _with_scheme("http", control.good)
    if rule and rule.suffix_of and rule.suffix and control.leads and control.prefix and _breaks(control, value):
        artifact = value.removesuffix(rule.suffix)
        yield control.storing(value, **{rule.suffix_of: artifact}).named(case="http")
