"""A finding as a pytest file that stands alone, for the repository of the API's owner."""

from harness.emitting.opening import reopened
from harness.emitting.pages import Told, name_of, page
from harness.emitting.requests import Unwritable

__all__ = ["Told", "Unwritable", "name_of", "page", "reopened"]
