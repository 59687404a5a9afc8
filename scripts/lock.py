"""Write the hash-pinned lock files in requirements/ from pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
HEADER = "# Written by `make lock` from pyproject.toml; not edited by hand.\n"


def wanted() -> dict[str, list[str]]:
    """Return the requirements of each lock file by its name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, groups = project["project"]["dependencies"], project["dependency-groups"]
    return {
        "setup": groups["setup"],
        "run": run,
        "dev": [*run, *groups["setup"], *groups["dev"]],
        "node": groups["node"],
        "lock": groups["lock"],
    }


def freeze(name: str, requirements: list[str]) -> None:
    """Resolve one list and write it with the hashes of every published file of each version."""
    target = FOLDER / f"{name}.txt"
    print(f"lock: {target.relative_to(ROOT)}", flush=True)
    options = ["--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header", "--no-annotate", "--quiet"]
    places = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    lines = [*requirements, f"-c {FOLDER}/run.txt"] if name == "dev" else requirements
    subprocess.run(
        [sys.executable, "-m", "piptools", "compile", *options, *places, *upgrade, "--output-file", str(target), "-"],
        input="\n".join(lines),
        text=True,
        check=True,
        # Local indexes and wheel folders of the machine would give hashes that no other machine can meet.
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""},
    )
    target.write_text(HEADER + target.read_text())


def main() -> None:
    """Write all lock files, `run` before `dev`, which it constrains."""
    FOLDER.mkdir(exist_ok=True)
    for name, requirements in wanted().items():
        freeze(name, requirements)


if __name__ == "__main__":
    main()
