"""The rules: synchronous, pure, standard library only."""
