"""The words of a target file as JSON Schema, for editors and for whoever writes such files by program."""

from harness.config.target import Target
from harness.model import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of_targets() -> dict[str, Json]:
    """JSON Schema of a target file as it is written, its short forms included. What words mean together, and what their
    texts may hold, is checked by `load` alone."""
    made = Target.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **made, "title": "Holdfast target file"}
