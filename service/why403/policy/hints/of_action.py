"""What is wrong with an Action that does not cover the action asked for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from why403.domain.actions import ALL, find
from why403.domain.operations import ALIASES, OPERATIONS
from why403.domain.operations.when import ALWAYS
from why403.domain.remembered import characters, remembered_by
from why403.domain.request import AccessRequest
from why403.policy.hints.remark import Remark
from why403.policy.hints.spelling import distance
from why403.policy.template import tokens
from why403.policy.wildcard import glob

_SLIPS: Final = 2
_IS_NONE: Final = "is an API name and no action; the action is {value}"
_ARE_NONE: Final = "is an API name and no action; its actions are {value}"
_MATCH_NONE: Final = "covers no action, only API names; the action is {value}"
_WITHOUT: Final = "is for requests without a version; one that names a version asks for {value}"
_WITH: Final = "is for requests that name a version; one without asks for {value}"
_UNPREFIXED: Final = "lacks the prefix of its service; the action is {value}"
_MISSPELT: Final = "is no action and may be meant for {value}"


def _of_operations() -> Mapping[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Return, by the lower-case name that is no action, all actions an operation can need, and those it always does."""
    found = {}
    for name in (*OPERATIONS, *ALIASES):
        rows = [row for row in OPERATIONS[ALIASES.get(name, name)].rows if row.under is None]
        if find(f"s3:{name}") is None:
            every = frozenset(action for row in rows for action in (row.action, row.version) if action)
            found[f"s3:{name}".lower()] = every, tuple(row.action for row in rows if row.when is ALWAYS)
    return MappingProxyType(found)


_NO_ACTIONS: Final = _of_operations()
_VERSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {row.version: row.action for each in OPERATIONS.values() for row in each.rows if row.version and row.under is None}
)
"""The actions on one version to those on the current one."""
_CURRENT: Final[Mapping[str, str]] = MappingProxyType({action: version for version, action in _VERSIONS.items()})


def of_actions(entries: tuple[str, ...], request: AccessRequest) -> Remark | None:
    """Return what is wrong with the first entry of which that can be told."""
    if request.s3_action is None:
        return None
    for entry in entries:
        found = _told((entry, request.s3_action.name))
        if found is not None:
            return found
    return None


@remembered_by(characters, 8192)
def _told(names: tuple[str, str]) -> Remark | None:
    """Return what is wrong with an entry, given before the action asked for."""
    entry, asked = names
    lower = entry.lower()
    if "*" in lower or "?" in lower:
        return _of_pattern(entry, asked)
    if lower in _NO_ACTIONS:
        every, always = _NO_ACTIONS[lower]
        return _of_api_name(entry, asked, always) if asked in every else None
    if lower == _VERSIONS.get(asked, "").lower():
        return Remark(entry, _WITHOUT, asked, asked)
    if lower == _CURRENT.get(asked, "").lower():
        return Remark(entry, _WITH, asked, asked)
    if find(entry) is not None:
        return None
    if lower == asked.partition(":")[2].lower():
        return Remark(entry, _UNPREFIXED, asked, asked)
    near = distance(lower, asked.lower(), _SLIPS) <= _SLIPS
    return Remark(entry, _MISSPELT, asked, asked) if near else None


def _of_api_name(entry: str, asked: str, always: tuple[str, ...]) -> Remark:
    *others, last = dict.fromkeys((*always, asked) if len(always) > 1 else (asked,))
    if not others:
        return Remark(entry, _IS_NONE, last, asked)
    return Remark(entry, _ARE_NONE, f"{', '.join(others)} and {last}", asked)


def _of_pattern(entry: str, asked: str) -> Remark | None:
    """Return what to say of a pattern that matches names of operations only."""
    match = glob(tokens(entry.lower(), wildcards=True, variables=False))
    if not any(match(name) and asked in every for name, (every, _) in _NO_ACTIONS.items()):
        return None
    if any(match(action.name.lower()) for action in ALL):
        return None
    return Remark(entry, _MATCH_NONE, asked, asked)
