"""How an identity signs a request, per channel, and how that signature is bent."""

from harness.credentials.bends import bend, shell_form
from harness.credentials.channels import Channel
from harness.credentials.signing import Signer

__all__ = ["Channel", "Signer", "bend", "shell_form"]
