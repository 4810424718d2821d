"""What stands beside the results: where they come from, who ran them, and how they fall into categories."""

import json
import re
from collections.abc import Mapping

from harness import __version__
from harness.model import Json, Outcome
from harness.report.recorded import Recorded
from harness.report.text import safe

HISTORY = 10
"""Runs that history holds at most: a run of 5,000 verdicts takes 5 MB."""
VIEWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "weakness": ("By weakness", ("epic", "feature", "story")),
    "identity": ("By identity", ("identity", "operation", "epic")),
}
"""Folder of a view -> its title, and the labels that it goes by. The first is where a reader begins."""
_CATEGORIES: Mapping[str, tuple[str, str]] = {
    "Got in": (Outcome.BYPASSED, "failed"),
    "Told too much": (Outcome.LEAKED, "failed"),
    "Fell over": (Outcome.CRASHED, "failed"),
    "Contained, not as it should be": (Outcome.WEAK, "failed"),
    "Refused, and still accepted by the target file": (Outcome.HELD, "failed"),
    "Could not be told": (Outcome.INCONCLUSIVE, "broken"),
    "Accepted for a while": (Outcome.ACCEPTED, "skipped"),
    "Nothing to test": (Outcome.NOT_APPLICABLE, "skipped"),
}
_ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&()*+,;=%-]+")


def environment(report: Recorded) -> str:
    """`environment.properties`."""
    run, target = report.run, report.target
    told = {
        "Target": target.get("name"),
        "Address": target.get("base_url"),
        "OpenAPI_SHA256": target.get("openapi_sha256"),
        "Holdfast": __version__,
        "Run": run.get("id"),
        "Seed": run.get("seed"),
        "Profile": run.get("profile"),
        "Partial": "yes" if run.get("partial") else "no",
        "Ended": _ended(run),
        "Leftovers": len(report.leftovers),
    }
    # The format reads what JSON escapes, and has no other way to write what is not Latin.
    return "".join(f"{name} = {json.dumps(safe(str(value)))[1:-1]}\n" for name, value in told.items())


def _ended(run: Mapping[str, Json]) -> str:
    if run.get("aborted"):
        return f"STOPPED as unsafe: {run['aborted']}"
    return "early: it was interrupted" if run.get("interrupted") else "whole"


def executor(report: Recorded, variables: Mapping[str, str]) -> dict[str, Json]:
    """`executor.json`, from the variables that a CI sets; links to https alone."""
    told: dict[str, Json] = {"name": "Holdfast", "type": "holdfast", "buildName": f"run {report.run.get('id')}"}
    if variables.get("GITHUB_ACTIONS"):
        number = variables.get("GITHUB_RUN_NUMBER", "")
        place = "/".join(variables.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY"))
        address = f"{place}/actions/runs/{variables.get('GITHUB_RUN_ID', '')}"
        told |= {"name": "GitHub Actions", "type": "github"}
    elif variables.get("GITLAB_CI"):
        number, address = variables.get("CI_PIPELINE_IID", ""), variables.get("CI_PIPELINE_URL", "")
        told |= {"name": "GitLab CI", "type": "gitlab"}
    else:
        number, address = variables.get("BUILD_NUMBER", ""), variables.get("BUILD_URL", "")
    if number.isdecimal() and len(number) < 10:
        told["buildOrder"] = int(number)
    if _ADDRESS.fullmatch(address):
        told["buildUrl"] = address
    return told


def categories() -> list[dict[str, Json]]:
    """`categories.json`: by the verdict, with which every message begins."""
    return [
        # Java and JavaScript read this alike; only one of them knows a flag inside.
        {"name": name, "matchedStatuses": [status], "messageRegex": rf"{outcome}[\s\S]*"}
        for name, (outcome, status) in _CATEGORIES.items()
    ]


def settings(target: str) -> dict[str, Json]:
    """`allurerc.json`, for Allure 3: a view by weakness and one by identity, and history that is bounded."""
    plugins = {
        name: {
            "import": "@allurereport/plugin-awesome",
            "options": {
                "reportName": f"{safe(target)}: {title.lower()}",
                "groupBy": list(labels),
                "reportLanguage": "en",
            },
        }
        for name, (title, labels) in VIEWS.items()
    }
    return {
        "name": f"Holdfast: {safe(target)}",
        "output": "report",
        "historyPath": "history.jsonl",
        "historyLimit": HISTORY,
        "categories": categories(),
        "plugins": plugins,
    }
