"""`python -m benchmarks`: measures, prints, and writes RESULTS.md."""

from pathlib import Path

from benchmarks import hostile, requests_per_verdict

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Measures everything."""
    text = (
        "\n\n".join(["# Benchmarks\n\nWritten by `make bench`.", requests_per_verdict.report(), hostile.report()])
        + "\n"
    )
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
