"""Accounts of staff: passwords, one-time codes, logging in, sessions, and what administrators do with them."""
