"""Target and operations -> the graph of resources, and the template of every write. Pure: nothing is sent."""

from harness.resources.bodies import good_url, template
from harness.resources.graph import ACCOUNT, WHOSE, Graph, Link, Resource, Scope, Template, Turn
from harness.resources.inference import ADDRESS_FIELDS, build_graph
from harness.resources.kinship import above_in, hanging_on, held_in, own_key
from harness.resources.links import hiding_fields, spellings
from harness.resources.lists import LIST_WRITES, envelopes, ways_to_write
from harness.resources.parameters import Asked, asked
from harness.resources.paths import read_path, sub_path
from harness.resources.proofs import guarded, proof_alone
from harness.resources.schemas import place_schema, with_room
from harness.resources.slots import fill, fill_path, steps_of, value_at
from harness.resources.switches import switch_of
from harness.resources.turns import takes_marker

__all__ = [
    "ACCOUNT",
    "ADDRESS_FIELDS",
    "LIST_WRITES",
    "WHOSE",
    "Asked",
    "Graph",
    "Link",
    "Resource",
    "Scope",
    "Template",
    "Turn",
    "above_in",
    "asked",
    "build_graph",
    "envelopes",
    "fill",
    "fill_path",
    "good_url",
    "guarded",
    "hanging_on",
    "held_in",
    "hiding_fields",
    "own_key",
    "place_schema",
    "proof_alone",
    "read_path",
    "spellings",
    "steps_of",
    "sub_path",
    "switch_of",
    "takes_marker",
    "template",
    "value_at",
    "ways_to_write",
    "with_room",
]
