"""Rasa's room, read from outside: its YAML agrees with the project's labels."""
