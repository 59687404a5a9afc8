"""Frontdesk: self-hosted live chat in which bots are operators."""
