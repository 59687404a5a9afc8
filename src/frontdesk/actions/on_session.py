"""What commands about one session have in common."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.actions.ports import Footprint
from frontdesk.core.ids import Cid


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSession:
    """A command about one session and its lane."""

    cid: Cid

    @property
    def footprint(self) -> Footprint:
        """The session."""
        return Footprint(sessions=frozenset({self.cid}))
