"""Holdfast: a security regression test harness for release-management APIs."""

__version__ = "0.1.0"
