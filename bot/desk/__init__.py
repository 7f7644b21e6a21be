"""Requests for people: handoffs, appeals, feedback, subscriptions."""
