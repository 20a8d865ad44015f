"""Which calls change what is there already."""

from collections.abc import Sequence

from why403.artefacts.resources import row
from why403.artefacts.resources.row import found
from why403.domain.fix import Write


def existing(write: Write, undo: Sequence[Write]) -> bool:
    """Return whether a call changes what was there: always, or because it is undone by the same call."""
    held = row(write)
    return held.exists or any(_same(write, each) for each in undo)


def _same(one: Write, other: Write) -> bool:
    """Return whether two calls write one thing."""
    if (one.service, one.operation) != (other.service, other.operation):
        return False
    declared = row(one).terraform
    return declared is not None and all(found(name, one) == found(name, other) for name in declared.named)
