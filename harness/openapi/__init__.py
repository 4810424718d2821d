"""What the OpenAPI document says: its operations, how a credential may ride, and a smallest valid body for each schema.

Nothing here fetches anything. Schemathesis reads what is not plain in a document, and is imported only then: that costs
half a second of CPU or more, and most documents never need it.
"""

from harness.openapi.bodies import accepts, property_schema, smallest_body
from harness.openapi.channels import channels, untried_schemes
from harness.openapi.files import bundled
from harness.openapi.logins import TOKEN_FIELDS, LogIn, logins, schemes_of_writes
from harness.openapi.merging import whole
from harness.openapi.operations import Reading, read_operations
from harness.openapi.values import Unsatisfiable

__all__ = [
    "TOKEN_FIELDS",
    "LogIn",
    "Reading",
    "Unsatisfiable",
    "accepts",
    "bundled",
    "channels",
    "logins",
    "property_schema",
    "read_operations",
    "schemes_of_writes",
    "smallest_body",
    "untried_schemes",
    "whole",
]
