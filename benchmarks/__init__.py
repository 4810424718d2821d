"""What a run costs, measured from outside. `make bench` prints the tables and writes them to RESULTS.md."""
