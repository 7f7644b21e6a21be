"""Telegram: how people reach qifu through a bot there.

application.build_application wires the room; ports says what it needs from outside. The way of an update:
polling or webhook → intake (stored, in order) → handlers → dialogue → delivery.
"""
