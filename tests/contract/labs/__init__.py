"""Two release APIs on frameworks that others wrote, each a process of its own, for the harness to be tried on."""
