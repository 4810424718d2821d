"""Values as Python source: what is evaluated again is what was meant, whatever a target or a family put into it."""

import ast
import json

import pytest

from harness.emitting.source import expression, source
from harness.model import Json

VALUES: list[Json] = [
    "",
    "both \" and ' and \\ and {braces}",
    "line\nbreak\ttab\0nul\u2028\u00e9\U0001f600\ud800",
    "a" * 5000,
    "https://www.example.org/" + "x" * 300 + "/" + "words and " * 40,
    {"a": 1, "b": [True, None, 2.5, {"c": {}}], 'd"': "x" * 200, "long": "y " * 90},
    [[], {}, ["'" * 3]],
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("indent", [0, 12])
def test_a_value_comes_back(value: Json, indent: int) -> None:
    code = source(value, indent)
    assert ast.literal_eval(code) == value if "*" not in code else eval(code) == value
    assert all(len(line) <= 120 for line in f"{' ' * indent}{code}".splitlines())


def test_expressions_stand_where_they_were_put() -> None:
    body = {"name": expression("marker"), "url": f"https://x.example/{{a}}/{expression('marker')}\\", "n": 1}
    found = eval(source(body), {"marker": "hf"})
    assert found == {"name": "hf", "url": "https://x.example/{a}/hf\\", "n": 1}
    long = f"{'words ' * 40}{expression('marker')}{'!' * 90}"
    assert eval(source(long), {"marker": "hf"}) == long.replace(expression("marker"), "hf")
    assert json.dumps(eval(source([expression("int(marker)")]), {"marker": "7"})) == "[7]"
