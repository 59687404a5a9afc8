"""A data folder that cannot be used is named, instead of a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from frontdesk.cli import main
from frontdesk.settings import SettingsInvalid, read

UNREACHABLE = 3


@pytest.mark.guarantee("X10")
def test_a_path_too_long_for_a_socket_in_it_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="FRONTDESK_DATA"):
        read({"FRONTDESK_DATA": "/srv/" + "d" * 86})

    assert read({"FRONTDESK_DATA": "/srv/" + "d" * 85}).data == Path("/srv/" + "d" * 85)


@pytest.mark.guarantee("X10")
@pytest.mark.parametrize("below", ["data", "."])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")

    result = CliRunner().invoke(main, ["bot", "list"], env={"FRONTDESK_DATA": str(file / below)})

    assert (result.exit_code, "Traceback" in result.output) == (UNREACHABLE, False)
    assert str(file) in result.output
