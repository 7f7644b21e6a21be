"""Rasa components of qifu: clean the text, understand the question, find places and trades, keep trackers short."""
