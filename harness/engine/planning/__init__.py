"""From a target file to probes and lanes; nothing is sent but for the document."""
