"""The example files, by the type that their folder names."""

from __future__ import annotations

from pathlib import Path

import frontdesk.protocol

FOLDER = Path(frontdesk.protocol.__file__).parent / "examples"
FILES = sorted(FOLDER.glob("*/*.json"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"
