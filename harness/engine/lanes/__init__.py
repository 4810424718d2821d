"""One operation and the probes on it: controls, mutants, and the reads that tell what had an effect."""
