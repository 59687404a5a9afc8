"""Put the built web parts and the examples into the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelContents(BuildHookInterface[Any]):
    """Adds what lies outside `src`, and refuses to build a wheel without the web parts."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to include; an editable install reads them from the checkout instead."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        if not any((root / "web" / "dist").glob("*.js")):
            message = "web/dist is empty: run `make web` before building the wheel"
            raise FileNotFoundError(message)
        build_data["force_include"][str(root / "web" / "dist")] = "frontdesk/web"
        for example in sorted((root / "examples").rglob("*")):
            if example.is_file() and "__pycache__" not in example.parts:
                inside = example.relative_to(root / "examples").as_posix()
                build_data["force_include"][str(example)] = f"frontdesk/_examples/{inside}"
