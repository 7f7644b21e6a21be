"""The pages: each module has `register(console)`, which makes its functions pages of a place in navigation.yml."""
