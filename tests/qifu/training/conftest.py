"""A workspace over a copy of the repository's data of a few topics, small enough to be read often."""
