"""Between a mutant and the wire: what all requests are asked, how many are under way, and what outlasts an outage."""
