"""Runs a module as a program that ends with the one that started it, however that one dies.

Started as `python -m frontdesk.cli.beside MODULE` with a pipe as standard input.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from threading import Thread


def end_with_parent() -> None:
    """Wait until the other end of standard input is gone, then ask this process to stop."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=end_with_parent, daemon=True).start()
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
