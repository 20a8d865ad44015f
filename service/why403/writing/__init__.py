"""Changing AWS: what a writer promises, which calls it may make, and what each leaves behind; pure."""

from why403.writing.effects import (
    UNSAID,
    Turn,
    alike,
    delete_version,
    differs,
    left_by,
    place_of,
    same,
    taking_back,
    turns_of,
    ways_back,
)
from why403.writing.promised import Live, NotWritten, Probe, Probed, Writer
from why403.writing.recorded import read_write, written_down
from why403.writing.writable import WRITABLE, may_be_made

__all__ = [
    "UNSAID",
    "WRITABLE",
    "Live",
    "NotWritten",
    "Probe",
    "Probed",
    "Turn",
    "Writer",
    "alike",
    "delete_version",
    "differs",
    "left_by",
    "may_be_made",
    "place_of",
    "read_write",
    "same",
    "taking_back",
    "turns_of",
    "ways_back",
    "written_down",
]
