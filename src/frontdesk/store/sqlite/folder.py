"""The data folder: who may read it, and that one process has it at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from frontdesk.store.errors import CannotOpen, FolderInUse

DATA_FILE = "frontdesk.sqlite3"
LOCK_FILE = "frontdesk.lock"


class Folder:
    """A data folder that this process holds until `release`. Raises FolderInUse, or CannotOpen where it may not."""

    def __init__(self, path: Path) -> None:
        self.data_file = path / DATA_FILE
        try:
            if not path.is_dir():
                path.mkdir(mode=0o700, parents=True)
            self._lock = _lock(path)
            os.close(os.open(self.data_file, os.O_CREAT | os.O_RDWR, 0o600))
            self.data_file.chmod(0o600)
        except OSError as error:
            raise CannotOpen(f"the data folder {path} cannot be used: {error.strerror}") from error

    def release(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)


def _lock(path: Path) -> int:
    """Return the open lock file; the system drops the lock when the process ends, however it ends."""
    lock = os.open(path / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(lock, 32, 0).decode().strip() or "unknown"
        os.close(lock)
        raise FolderInUse(f"{path} is in use by the process {pid}; one server has a data folder at a time") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock
