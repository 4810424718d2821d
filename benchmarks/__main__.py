"""`python -m benchmarks`: measures, prints, and writes RESULTS.md."""

from pathlib import Path

from benchmarks import cost, hostile, reports, requests_per_verdict, wall

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Measures everything."""
    parts = [requests_per_verdict.report(), wall.report(), cost.report(), hostile.report(), reports.report_text()]
    text = "\n\n".join(["# Benchmarks\n\nWritten by `make bench`.", *parts]) + "\n"
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
