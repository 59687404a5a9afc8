"""Lets `python -m frontdesk` do what the shell command does."""

from __future__ import annotations

from frontdesk.cli import main

main(prog_name="frontdesk")
