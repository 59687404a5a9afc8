"""The wheel holds all that a server needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from tests.architecture.tree import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def names_below(wheel: zipfile.ZipFile, folder: str) -> set[str]:
    return {name.removeprefix(folder) for name in wheel.namelist() if name.startswith(folder)}


def test_the_wheel_holds_the_web_parts_as_they_were_built(wheel: zipfile.ZipFile) -> None:
    built = {path.relative_to(ROOT / "web" / "dist").as_posix() for path in (ROOT / "web" / "dist").rglob("*.*")}

    assert any(name.endswith(".js") for name in built)
    assert built == names_below(wheel, "frontdesk/web/")


def test_the_wheel_holds_the_examples(wheel: zipfile.ZipFile) -> None:
    assert {"shop_page/shop.py", "order_status/bot.py"} <= names_below(wheel, "frontdesk/_examples/")


def test_the_wheel_holds_queries_migrations_and_types(wheel: zipfile.ZipFile) -> None:
    source = ROOT / "src" / "frontdesk"
    wanted = {
        path.relative_to(source).as_posix() for kind in ("*.py", "*.sql", "*.json") for path in source.rglob(kind)
    }

    assert wanted | {"py.typed"} <= names_below(wheel, "frontdesk/")


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))

    assert "frontdesk = frontdesk.cli:main" in wheel.read(entry_points).decode()
