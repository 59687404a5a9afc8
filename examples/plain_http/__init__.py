"""The bot protocol with nothing but Python's standard library."""
