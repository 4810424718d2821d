"""Loads Holdfast for a bare `pytest suites --target=…`."""

pytest_plugins = ["harness.plugin"]
