"""A release index in a third style: FastAPI and the document that it writes itself, uuids, nested resources, objects
under `data.attributes`, 204 on PATCH; keys in `X-Api-Key`, or tokens from a login in JSON.

It is right as it stands. Each defect, switched on by name, puts one wrong rule in the place of a right one; each
variant is another way to be right.
"""

from .defects import DEFECTS, VARIANTS
from .process import FastapiLab

__all__ = ["DEFECTS", "VARIANTS", "FastapiLab"]
