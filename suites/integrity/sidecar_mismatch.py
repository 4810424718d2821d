"""Sidecar mismatch: the address of a signature is that of its artifact with the suffix behind it, and nothing else.

## Why it matters

A signature, a certificate or a bill of materials says something about one file. Who can store the address of another
one makes the check of a tampered download fail, so that people learn to ignore it, or makes a check of an old, known
release stand for a new one. Host and scheme may be right in all of it: the address of the other version's signature is
one of one's own. So it is not enough that the field holds an allowed address; it has to belong to the file beside it.
python.org compares the two since pull request 3014.

## How the verdict is reached

The target file says which field continues which (`suffix_of`, `suffix`). The entitled identity stores an address with
its sidecar, which are read back. Then it sends the same request with a sidecar that does not fit: of another file, on
another host, by plain `http`, without its suffix, with it twice, with another kind's, in capital letters, with a query,
a fragment or a slash behind it, and in spellings that only come out equal when somebody normalises them. 400 or 422 is
HELD, if the good pair still passes afterwards. After a 2xx both fields are read: if the sidecar is not the artifact
with the suffix, it is BYPASSED. An artifact that is changed while the sidecar stays behind counts alike; an API may
refuse that, empty the sidecar, or let it follow. A sidecar that stands without any artifact is WEAK.

## How to fix it

The best sidecar is one that nobody can send: derive it, and let the field only say that there is one.

    @property
    def signature_url(self) -> str:
        return f"{self.url}.asc" if self.has_signature else ""

Where it has to be stored, compare both after every write, with the stored value for whatever was not sent.

Django: in `clean()` of the model, and as a constraint, which no way of writing skips:

    models.CheckConstraint(
        condition=Q(signature="") | Q(signature=Concat("url", Value(".asc"))), name="signature_fits"
    )

Django REST Framework: `validate` of a partial update has only what was sent; take the rest from `self.instance`.
tastypie: in `Validation.is_valid`, on `bundle.obj`, which has both.

FastAPI: a `model_validator(mode="after")` for a whole body; for a PATCH, validate the merged object. Flask: one
function on the merged object, called by create and update.

## References

- CWE-345 (authenticity of data), CWE-354 (integrity check), CWE-347 (verification of a signature), CWE-20 (input
  validation)
- OWASP ASVS 5: 2.2.1; CAPEC-184; OWASP API Security Top 10 2023: API10, for those who consume the data
- PSF advisory of 2026-06-23 on python.org's release API; github.com/python/pythondotorg, pull request 3014
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Outcome, Severity
from harness.urls import UrlRule, case, judge

FAMILY = Family(
    severity=Severity.HIGH, cwe=(345, 354, 347, 20), owasp="API10:2023", on=WRITES_WITH_BODY, url_fields=True
)

STAND_IN = "marker-goes-here"
"""Written where the slot of the marker comes: the corpus takes no braces in a path."""


def _pair(control: Control) -> tuple[str, str, str]:
    """The good artifact, its field and the suffix; empty where the field continues none."""
    rule = control.rule
    if rule is None or not rule.suffix_of or not rule.suffix:
        return "", "", ""
    return control.good.removesuffix(rule.suffix), rule.suffix_of, rule.suffix


def _cases(control: Control, values: dict[str, str]) -> Iterator[Mutant]:
    """Those that do not fit the good artifact."""
    artifact, _, _ = _pair(control)
    for name, value in values.items():
        if control.rule and judge(value, control.rule, artifact).outside:
            yield control.storing(value).named(case=name)


@FAMILY.mutation(none="no-field")
def other_file(control: Control) -> Iterator[Mutant]:
    """The sidecar is that of another file in the same place."""
    artifact, _, suffix = _pair(control)
    if artifact:
        yield from _cases(control, {"sibling": artifact.replace("{marker}", "other-{marker}") + suffix})


@FAMILY.mutation(none="no-field")
def other_place(control: Control) -> Iterator[Mutant]:
    """The sidecar has the right name, in another place."""
    _, _, suffix = _pair(control)
    if suffix and control.prefix:
        made = UrlRule(allow=(control.prefix,))
        names = {"other-host": "other-host", "http": "http-twin"}
        found = {told: case(name, made, f"holdfast/{STAND_IN}{suffix}") for told, name in names.items()}
        texts = {told: one.text.replace(STAND_IN, "{marker}") for told, one in found.items() if one}
        yield from _cases(control, texts)


@FAMILY.mutation(none="no-field")
def other_suffix(control: Control) -> Iterator[Mutant]:
    """The sidecar continues the right artifact with something else."""
    artifact, _, suffix = _pair(control)
    if artifact:
        yield from _cases(
            control,
            {
                "none": artifact,
                "twice": artifact + suffix * 2,
                "another-kind": artifact + (".sig" if suffix != ".sig" else ".asc"),
                "upper-case": artifact + suffix.upper(),
                "without-dot": artifact + suffix.replace(".", "", 1),
                "query": f"{artifact}{suffix}?x=1",
                "fragment": f"{artifact}{suffix}#x",
                "slash": f"{artifact}{suffix}/",
            },
        )


@FAMILY.mutation(none="no-field")
def other_spelling(control: Control) -> Iterator[Mutant]:
    """The sidecar only fits when somebody normalises it."""
    artifact, _, suffix = _pair(control)
    if artifact:
        yield from _cases(
            control,
            {
                "dot-segment": artifact.replace("holdfast/", "holdfast/x/../") + suffix,
                "escaped-letter": artifact.replace("holdfast/", "%68oldfast/") + suffix,
            },
        )


@FAMILY.mutation(on=frozenset({"PATCH"}), none="no-field")
def left_behind(control: Control) -> Iterator[Mutant]:
    """The artifact is changed, and its sidecar is not sent."""
    artifact, name, _ = _pair(control)
    if artifact and control.leads:
        moved = control.storing("", **{name: artifact.replace("{marker}", "other-{marker}")})
        yield replace(moved, fields=moved.fields[1:], without=(control.url_field,))


@FAMILY.mutation(on=frozenset({"POST"}), none="no-field", worst=Outcome.WEAK)
def without_artifact(control: Control) -> Iterator[Mutant]:
    """The sidecar is there, and its artifact is blank."""
    artifact, name, _ = _pair(control)
    # Addresses are often unique: a second blank one would be refused, or crash, for that.
    if artifact and control.leads:
        yield control.storing(control.good, **{name: ""})
