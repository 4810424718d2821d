"""The builds that the demo walks through, and the two APIs that each of them serves."""

from collections.abc import Mapping

STEPS: Mapping[str, str] = {
    "2014": "as it was for twelve years",
    "2026-02-24": "a wrong key is a refusal, and no longer a guest's visit (#2946)",
    "2026-02-25": "the database takes no file whose URLs lead to other hosts (#2947)",
    "2026-06-04": "no sessions, closed accounts, bent headers, keys in the query; fewer methods (#3015, #3016)",
    "2026-06-09": "URLs are https and a sidecar lies beside its artifact, before the database is asked (#3014)",
}
"""What each build changed, by its name, in their order. Numbers are pull requests of python/pythondotorg."""
BUILDS = tuple(STEPS)

APIS: Mapping[str, str] = {"v1": "demo.yaml", "v2": "demo-v2.yaml"}
"""The target file of each API."""
