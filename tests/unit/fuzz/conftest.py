"""Coverage-guided fuzzing needs a library that is published for few platforms."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("atheris") else ["test_guided.py"]
