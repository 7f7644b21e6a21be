"""Reading conversations and what they add up to: the parts behind the pages of service managers."""
