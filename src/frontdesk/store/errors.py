"""What can go wrong in the store besides a refusal and StoreUnavailable.

StoreError
├── OutsideFootprint: a command looked at a record that it had not declared
├── OutcomeUnknown: the database went away in the middle of a commit (a StoreUnavailable too)
├── RuleBroken: a change breaks a rule of the schema
├── CannotRestore: a backup may not take the place of what is there
└── CannotOpen: FolderInUse, UnsafeDurability, ForeignFile, SchemaTooNew
"""

from __future__ import annotations

from frontdesk.actions.ports import StoreUnavailable


class StoreError(Exception):
    """The store was used wrongly, or cannot be used."""


class OutsideFootprint(StoreError):
    """A command looked at a record outside its footprint: nobody loaded or locked it, so the answer would be a guess."""


class OutcomeUnknown(StoreError, StoreUnavailable):
    """The commit was sent and no answer came; only a command that may be repeated can be tried again."""


class RuleBroken(StoreError):
    """A change breaks a rule of the schema (a gap, a second live conversation …); trying again cannot help."""


class CannotRestore(StoreError):
    """There is no such backup, or there is data in its place."""


class CannotOpen(StoreError):
    """The store cannot be opened."""


class FolderInUse(CannotOpen):
    """Another process has this data folder open."""


class UnsafeDurability(CannotOpen):
    """The database would say "saved" before the disk has it."""


class ForeignFile(CannotOpen):
    """The data file is a database of another program."""


class SchemaTooNew(CannotOpen):
    """The data was written by a newer version of this program."""
