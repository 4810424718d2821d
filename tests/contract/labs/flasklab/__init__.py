"""A package index in another style than python.org's: Flask, envelopes, uuids, bearer tokens, nested paths.

It is right as it stands. Each defect, switched on by name, puts one wrong rule in the place of a right one.
"""

from .defects import DEFECTS
from .process import FlaskLab

__all__ = ["DEFECTS", "FlaskLab"]
