"""The shell command `frontdesk`."""

from __future__ import annotations

from frontdesk.cli.root import main as main
