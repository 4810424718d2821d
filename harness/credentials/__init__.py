"""How an identity signs a request, per channel, and how that signature is bent."""

from harness.credentials.bends import bend, shell_form
from harness.credentials.channels import Channel
from harness.credentials.signing import Signer
from harness.credentials.tokens import made_up
from harness.credentials.written import Written, filled, form_text, json_text, pieces

__all__ = [
    "Channel",
    "Signer",
    "Written",
    "bend",
    "filled",
    "form_text",
    "json_text",
    "made_up",
    "pieces",
    "shell_form",
]
