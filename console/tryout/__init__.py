"""Trying the bot out: a question answered as users would have it, and how the bot came to it."""
