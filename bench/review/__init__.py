"""How fast the console's lists are over a large database: `python -m bench.review`."""
