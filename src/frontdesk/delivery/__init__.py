"""Calls to bots: lanes, the guarded client, media."""
