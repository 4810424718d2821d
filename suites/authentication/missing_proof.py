"""Missing proof: an operation that a secret in the request lets in is refused without that very secret.

## Why it matters

Activating an account, setting a forgotten password, taking over an invitation: such operations are open to everybody,
and one value in the request is all that guards them. It is easily not looked at. ZenML let anybody set the password of
any account by its name, because the activation token was optional in the code, too (CVE-2024-25723). A token that is
compared with an empty column fits when nothing is sent, and one that is looked up without the account fits them all.
Strapi looked the code of a password reset up as it came, and an object in its place fitted the administrator's
(CVE-2019-18818).

## How the verdict is reached

The target file names the operation, the place of the proof, and what tells a real one (`protected:`). The control
sends the real proof of a new object, as a guest where nothing else guards the operation, and what it did is read back.
Then the same is sent on other new objects: without a proof, with an empty one and a null, with one that is bent, with
that of another object, where the request names its own beside the proof, with an object that a document database takes
for a condition; and without one where it was used before. Where the file says that a proof lets in `once`, a
used one is sent again. HELD is a refusal with the object as it was; since the proof alone differs, 400, 404, 409, 410
and 422 count as one here. An object that changed is BYPASSED, whatever the status. Proofs are made by the server for
objects of the run, and are redacted like keys.

## How to fix it

Look the object and the proof up together, refuse before anything else is done where either is missing, compare in
constant time, keep only a digest, let it run out, and remove it in the transaction that uses it.

Django makes and checks tokens that end with the state that they are made for:

    if not default_token_generator.check_token(user, request.data.get("token", "")):
        raise PermissionDenied

tastypie, in a view of `prepend_urls` that needs no account:

    user = self.cached_obj_get(bundle, username=kwargs["username"])
    if not default_token_generator.check_token(user, bundle.data.get("token") or ""):
        raise ImmediateHttpResponse(HttpForbidden())

FastAPI: a field that must be there, is not null and not empty, and a stored one that is there, too:

    class Activation(BaseModel, extra="forbid"):
        token: Annotated[str, Field(min_length=32)]

    if not user.token_digest or not compare_digest(user.token_digest, digest(activation.token)):
        raise HTTPException(403)

Flask:

    sent = request.get_json().get("token")
    if not isinstance(sent, str) or not user.token_digest or not compare_digest(user.token_digest, digest(sent)):
        abort(403)

## References

- CWE-306 (no authentication for a critical function), CWE-287 (improper authentication), CWE-697 (wrong comparison),
  CWE-672 (use of what has expired)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.4.1; OWASP WSTG-ATHN-04; CAPEC-115
- ZenML, CVE-2024-25723; Strapi, CVE-2019-18818
"""

from collections.abc import Iterator

from harness.family import Bend, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(306, 287, 697, 672), owasp="API2:2023")


def _in(control: Control, *kinds: str) -> bool:
    """Whether the proof rides in one of these places."""
    return control.guard is not None and control.guard.place.partition(".")[0] in kinds


def _each_its_own(control: Control) -> bool:
    return control.guard is not None and control.guard.of_objects


@FAMILY.mutation(by="holder", none="no-field", smoke="each")
def no_proof(control: Control) -> Iterator[Mutant]:
    """There is no proof."""
    if _in(control, "body", "query", "header"):
        yield control.proving("absent")


@FAMILY.mutation(by="holder", none="no-field")
def empty_proof(control: Control) -> Iterator[Mutant]:
    """The proof is empty."""
    if _in(control, "body", "query", "header"):
        yield control.proving("empty")


@FAMILY.mutation(by="holder", none="no-field")
def null_proof(control: Control) -> Iterator[Mutant]:
    """The proof is null."""
    if _in(control, "body"):
        yield control.proving("null")


@FAMILY.mutation(by="holder", none="no-field", smoke="once")
def bent_proof(control: Control) -> Iterator[Mutant]:
    """The proof is not the real one, though it looks like it."""
    for bend in (Bend.RANDOM_ALIKE, Bend.LAST_CHANGED, Bend.FIRST_CHANGED, Bend.SHORTENED):
        yield control.proving(bend).named(case=bend)


@FAMILY.mutation(by="holder", none="no-field", smoke="once")
def other_proof(control: Control) -> Iterator[Mutant]:
    """The proof is a real one, of another object."""
    if _each_its_own(control) and control.guard is not None and control.guard.beside:
        yield control.proving("other")


@FAMILY.mutation(by="holder", none="no-field")
def condition_for_proof(control: Control) -> Iterator[Mutant]:
    """The proof is an object that a document database reads as a condition, fulfilled by the real one alone."""
    if _each_its_own(control) and _in(control, "body"):
        yield control.proving("condition")


@FAMILY.mutation(by="holder", none="no-field", parent="no-proof")
def no_proof_any_more(control: Control) -> Iterator[Mutant]:
    """There is no proof, and that of the object was used before."""
    if _each_its_own(control) and _in(control, "body", "query", "header"):
        yield control.proving("absent", spent=True)


@FAMILY.mutation(by="holder", none="no-field", parent="null-proof")
def null_proof_any_more(control: Control) -> Iterator[Mutant]:
    """The proof is null, and that of the object was used before."""
    if _each_its_own(control) and _in(control, "body"):
        yield control.proving("null", spent=True)


@FAMILY.mutation(by="holder", none="no-field")
def used_proof(control: Control) -> Iterator[Mutant]:
    """The proof was used before, and lets in only once."""
    if control.guard is not None and control.guard.once and _each_its_own(control):
        yield control.proving("real", spent=True)
