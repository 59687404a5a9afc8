"""Windows talk to one another by BroadcastChannel only, which the browser keeps inside one origin."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import WEB_KINDS, files, shown

#: A window, a frame or an opener as the receiver of a message; a listener for messages of any window.
TO_A_WINDOW = re.compile(r"\b(?:window|self|parent|top|opener|contentWindow|globalThis)\s*[!?]?\.\s*postMessage\b")
FROM_A_WINDOW = re.compile(r"addEventListener\(\s*['\"]message['\"]|\bwindow\.onmessage\b")


@pytest.mark.guarantee("S11")
def test_no_message_passes_between_windows_of_different_origins() -> None:
    sources = [path for path in files("web", kinds=WEB_KINDS) if ".test." not in path.name]

    found = [
        shown(path) for path in sources if any(one.search(path.read_text()) for one in (TO_A_WINDOW, FROM_A_WINDOW))
    ]

    assert not found, "check origin, source and form of every message, or use a BroadcastChannel"


@pytest.mark.guarantee("S11")
@pytest.mark.parametrize(
    "line",
    [
        "window.parent.postMessage(x, '*')",
        "frame.contentWindow!.postMessage(x)",
        "window.addEventListener('message', f)",
    ],
)
def test_a_message_to_or_from_a_window_would_be_found(line: str) -> None:
    assert TO_A_WINDOW.search(line) or FROM_A_WINDOW.search(line)
