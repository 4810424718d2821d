"""What is tried before the probes: identities, accounts, controls; and what a run would cost."""
