"""`python -m tests.bench`: which family finds which defect, as a table in Markdown."""

from collections.abc import Iterator, Sequence

from tests.bench.defects import DEFECTS, Defect


def table(defects: Sequence[Defect]) -> Iterator[str]:
    """A line for each defect, below a head."""
    yield "| API | defect | found by | verdict | other families that are right to find it |"
    yield "|---|---|---|---|---|"
    for one in defects:
        mutation, verdict = next(iter(one.finds.items()))
        more = sorted({*one.also, *one.families} - {mutation.partition("/")[0]})
        yield f"| {one.api} | {one.name} | {mutation} | {verdict} | {', '.join(more)} |"


if __name__ == "__main__":
    print("\n".join(table(DEFECTS)))
