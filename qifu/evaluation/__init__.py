"""Measures the whole bot on held-out questions: tests/nlu, asked as a user would ask them."""
