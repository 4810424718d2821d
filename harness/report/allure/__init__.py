"""The verdicts of a run as Allure results, and the Allure report that is made of them.

They are written from a report that is on disk already: what a run shows, and what `holdfast report` shows of it later,
is the same. allure-pytest is not asked to write them, for it calls a test that it saw begin and not end passed.
"""

from harness.report.allure.generating import generate
from harness.report.allure.writing import begin, write

__all__ = ["begin", "generate", "write"]
