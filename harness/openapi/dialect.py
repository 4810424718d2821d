"""One dialect of JSON Schema for all documents: 2020-12, with definitions under `$defs`.

Swagger 2.0 and OpenAPI 3.0 speak a dialect of their own: `nullable`, bounds that are exclusive by a flag, tuples as a
list of `items`, and nothing beside a `$ref` counts. `x-` words, `readOnly`, examples and defaults are kept as they are.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.model import Json
from harness.openapi.patterns import enforceable

_BUNDLE = "x-bundled"
_SINGLE = frozenset(
    {"additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_EXCLUSIVE = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a document writes its schemas."""

    nullable: str = ""
    """The word that also allows null; empty in 3.1, which has a type for it."""
    dropped: Callable[[str], None] = lambda _: None
    """Told of every constraint left out, in one line."""

    def translated(self, schema: Json, uris: Mapping[str, str]) -> dict[str, Json]:
        """A bundled schema as one that stands alone; `uris` tells what each bundled definition was called."""
        if not isinstance(schema, Mapping):
            return {"not": {}} if schema is False else {}
        names = _readable(uris)
        bundled = schema.get(_BUNDLE, {})
        plain = self._schema({key: value for key, value in schema.items() if key != _BUNDLE}, names)
        if bundled:
            plain["$defs"] = {names.get(name, name): self._any(value, names) for name, value in bundled.items()}
        return plain

    def _any(self, node: Json, names: Mapping[str, str]) -> Json:
        if isinstance(node, Mapping):
            return self._schema(node, names)
        return node if isinstance(node, bool) else {}

    def _schema(self, node: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, Json]:
        plain: dict[str, Json] = {}
        reference = node.get("$ref")
        for key, value in node.items():
            if self.nullable and isinstance(reference, str) and not (key in ("$ref", "readOnly") or key[:2] == "x-"):
                continue
            if key == "$ref" and isinstance(value, str):
                name = value.rpartition("/")[2]
                plain[key] = f"#/$defs/{names.get(name, name)}"
            elif key in _MAPS:
                if isinstance(value, Mapping):
                    plain[key] = {name: self._any(item, names) for name, item in value.items()}
            elif key in _LISTS or (key == "items" and isinstance(value, list)):
                if isinstance(value, list) and value:
                    plain[key] = [self._any(item, names) for item in value]
            elif key in _SINGLE:
                plain[key] = self._any(value, names)
            elif key == "pattern" and not (isinstance(value, str) and enforceable(value)):
                self.dropped(f"pattern {str(value)[:60]!r} cannot be enforced and is left out")
            elif key != "required" or isinstance(value, list):
                plain[key] = value
        return self._modern(plain, bool(self.nullable and node.get(self.nullable) is True))

    def _modern(self, schema: dict[str, Json], or_null: bool) -> dict[str, Json]:
        if isinstance(schema.get("items"), list):
            schema["prefixItems"] = schema.pop("items")
            if "additionalItems" in schema:
                schema["items"] = schema.pop("additionalItems")
        if schema.get("type") == "file":
            schema |= {"type": "string", "format": "binary"}
        for exclusive, bound in _EXCLUSIVE:
            if isinstance(flag := schema.get(exclusive), bool):
                del schema[exclusive]
                if flag and bound in schema:
                    schema[exclusive] = schema.pop(bound)
        if not self.nullable:
            return schema
        schema.pop(self.nullable, None)
        # A list of values that leaves null out forbids it, whatever the flag says.
        if not or_null or None not in schema.get("enum", [None]):
            return schema
        if isinstance(schema.get("type"), str):
            return schema | {"type": [schema["type"], "null"]}
        return {"anyOf": [schema, {"type": "null"}]}


def _readable(uris: Mapping[str, str]) -> dict[str, str]:
    """A name for each bundled definition: the last word of where it stood, numbered where two are alike."""
    names: dict[str, str] = {}
    for bundled, uri in uris.items():
        word = re.sub(r"[^A-Za-z0-9_.-]", "-", uri.rpartition("/")[2]) or bundled
        names[bundled] = word if word not in names.values() else f"{word}-{bundled}"
    return names
