"""A run from its first request to its last: lanes side by side, the journal, verdicts, taking up again, cleaning up."""
