"""Credential echo: no answer hands back a key or a password.

## Why it matters

A key that stands in an answer is kept by everything that keeps answers: caches, logs of proxies, the browser, the
ticket to which somebody attached a screenshot. Whoever may read it is then whoever it belongs to. It happens by
answering with the whole row of an account, with what an error page knows of a request, or with a link to the next page
that repeats the query, key and all. Password hashes are on their way to being passwords.

## How the verdict is reached

Nothing is sent for it. All answers to the other probes are listened to, those to controls and readers, refusals and
errors included: for the whole key, token or session of an account in the target file, plain or encoded, and for fields
that are called a password and hold a hash. Parts of a key, which pages show to tell keys apart, do not count, and
neither does a cookie that is being set. The answer of a login is not listened to: to hand out a token is what it is
for. A key that its request had not brought is LEAKED, and so is a hash. A key that the request itself had brought is
told as WEAK(advisory): its sender knows it, logs should not. HELD is that nothing of the kind was heard. Evidence names
a key by its variable, and never shows it.

## How to fix it

Answer with fields that are named one by one. Show a key once, when it is made, and store no more than its hash.

Django REST Framework: `fields`, never `"__all__"`, for anything that has to do with accounts:

    class Meta:
        model = User
        fields = ["id", "username"]

tastypie answers with every field of the model:

    class Meta:
        excludes = ["password", "api_key", "email", "is_superuser"]

FastAPI: a model of the answer on each route, so that nothing else gets out:

    @router.get("/me", response_model=AccountOut)

Flask: a function from row to answer, instead of `row.__dict__` or `jsonify(dict(row))`:

    return jsonify(id=user.id, username=user.username)

Take keys in a header, so that no link can repeat them, and switch debug pages off (`DEBUG = False`).

## References

- CWE-200 (exposure of sensitive information), CWE-209 (by an error message), CWE-522 (credentials protected too
  little), CWE-532 (secrets in logs)
- OWASP API Security Top 10 2023: API3, API8; OWASP ASVS 5: 16.2.5, 16.5.1; OWASP WSTG-ERRH-01
"""

from collections.abc import Iterator

from harness.family import READS, WRITES, Control, Family, Mutant, Outcome, Severity

FAMILY = Family(
    severity=Severity.HIGH,
    cwe=(200, 209, 522, 532),
    owasp="API3:2023",
    on=READS | WRITES,
    public=True,
    passive=True,
)


@FAMILY.mutation(worst=Outcome.LEAKED, smoke="each")
def other_key(control: Control) -> Iterator[Mutant]:
    """An answer holds a key that its request had not brought."""
    yield control.listening("other-key")


@FAMILY.mutation(worst=Outcome.LEAKED, smoke="each")
def password_hash(control: Control) -> Iterator[Mutant]:
    """An answer holds a field that is called a password, with a hash in it."""
    yield control.listening("password-hash")


@FAMILY.mutation(worst=Outcome.WEAK, advisory=True)
def own_key(control: Control) -> Iterator[Mutant]:
    """An answer holds the key that its request had brought."""
    yield control.listening("own-key")
