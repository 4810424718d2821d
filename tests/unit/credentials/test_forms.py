"""Bodies in other forms: exactly what is sent, and what is shown of it."""

from harness.credentials.channels import Channel
from harness.credentials.signing import Signer
from harness.model import Identity, Mutant, Part, Secret

SIGNER = Signer(
    {"key": Channel.of("key", "header", "X-Api-Key")},
    [Identity("admin", "key", key=Secret("k1b2c3d4e5"))],
    {"admin": "ADMIN_KEY"},
)


def test_a_form_in_parts_has_a_part_for_each_value() -> None:
    request = SIGNER.request("POST", "/things", {"title": "one", "tags": ["a", "b"]}, Mutant(encoding="multipart"))
    part = "--holdfast-part-of-a-form\r\nContent-Disposition: form-data; name="
    assert (request.body or b"").decode() == (
        f'{part}"title"\r\n\r\none\r\n{part}"tags"\r\n\r\na\r\n{part}"tags"\r\n\r\nb\r\n--holdfast-part-of-a-form--\r\n'
    )
    assert ("Content-Type", "multipart/form-data; boundary=holdfast-part-of-a-form") in request.headers


def test_a_key_in_a_part_is_shown_by_its_name() -> None:
    request = SIGNER.request("POST", "/things", {"auth": Part(of="admin")}, Mutant(encoding="multipart"))
    assert b"k1b2c3d4e5" in (request.body or b"")
    assert request.shown is not None
    assert b"k1b2c3d4e5" not in (request.shown.body or b"")
    assert "⟦$ADMIN_KEY⟧".encode() in (request.shown.body or b"")


def test_a_body_may_call_itself_nothing_or_anything() -> None:
    untyped = SIGNER.request("POST", "/things", {"title": "one"}, Mutant(encoding="untyped"))
    assert (untyped.headers, untyped.body) == ((), b'{"title": "one"}')
    patch = SIGNER.request("POST", "/things", {"title": "one"}, Mutant(encoding="application/merge-patch+json"))
    assert (patch.headers, patch.body) == ((("Content-Type", "application/merge-patch+json"),), b'{"title": "one"}')
