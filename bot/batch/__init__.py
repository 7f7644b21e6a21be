"""The batch interface: whole conversations from a file, answered as a channel would."""
