"""What is said about a wrong target file: where, what, and what to do. No message quotes a value."""

import difflib
import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harness.config.faults import Fault
from harness.documents import Pointer

_TEXTS = {
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "tuple_type": "must be a list, like [a, b]",
    "dict_type": "must be a mapping of words to values",
    "mapping_type": "must be a mapping of words to values",
    "model_type": "must be a mapping of words to values",
}
_TELLABLE = re.compile(r"[A-Za-z][A-Za-z_-]{0,39}")
_PART = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$\[\]-]{0,59}")


def faults(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Each of pydantic's errors in our words, at the place where the user can mend it."""
    details = error.errors(include_url=False)
    return [_fault(detail, model) for detail in details]


def dotted(pointer: Pointer) -> str:
    """`identities.admin.may[0]`, without what looks like no name: it may be a secret in the wrong place."""
    text = ""
    for part in pointer:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part if _PART.fullmatch(part) else '…'}"
    return text.removeprefix(".")


def _fault(detail: ErrorDetails, model: type[BaseModel]) -> Fault:
    pointer = tuple(part for part in detail["loc"] if part != "[key]")
    match detail["type"]:
        case "missing":
            return Fault(pointer[:-1], _missing(str(pointer[-1]), _model_at(model, pointer[:-1])))
        case "extra_forbidden":
            return Fault(pointer, _unknown(str(pointer[-1]), _model_at(model, pointer[:-1])), pointer[:-1])
        case "literal_error":
            return Fault(pointer, f"must be {detail['ctx']['expected']}")
        case "string_type":
            container = isinstance(detail["input"], dict | list)
            return Fault(pointer, "must be one text" if container else "must be text; put it in quotes")
        case kind:
            return Fault(pointer, _TEXTS.get(kind, detail["msg"]))


def _missing(word: str, model: type[BaseModel]) -> str:
    info = next(info for name, info in model.model_fields.items() if (info.alias or name) == word)
    example = f", like '{word}: {info.examples[0]}'" if info.examples else ""
    return f"'{word}' is missing; add it{example}"


def _unknown(word: str, model: type[BaseModel]) -> str:
    known = [info.alias or name for name, info in model.model_fields.items()]
    near = difflib.get_close_matches(word, known, n=1)
    told = f" '{word}'" if _TELLABLE.fullmatch(word) else ""
    return f"unknown word{told}; " + (f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}")


def _model_at(model: type[BaseModel], pointer: Sequence[str | int]) -> type[BaseModel]:
    """The model of the mapping at `pointer`, which pydantic has reached itself."""
    kind: Any = model
    for part in pointer:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields: Mapping[str, Any] = {
                info.alias or name: info.annotation for name, info in kind.model_fields.items()
            }
            kind = _bare(fields[str(part)])
        else:
            kind = _bare(get_args(kind)[0 if isinstance(part, int) else -1])
    found: type[BaseModel] = kind
    return found


def _bare(annotation: Any) -> Any:
    """The annotation without `| None`, and without what is annotated."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(kind for kind in get_args(annotation) if kind is not types.NoneType))
    return annotation
