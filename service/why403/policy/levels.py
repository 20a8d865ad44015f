"""Policies of an organization by the level they are attached to, from the root down to the account."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from why403.domain.errors import Fault, InvalidInput
from why403.domain.truth import Truth
from why403.domain.verdict import Claim, Says, Verdict
from why403.policy.compiled import Policies, PolicyLoader
from why403.policy.document import PolicyKind
from why403.policy.ruling import ceiling


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of the organization's path and what is attached directly to it."""

    target: str
    policies: Policies
    said: dict[tuple[Truth, Truth] | Truth, Verdict] = field(default_factory=dict)
    """What it said before, by what its policies deny and allow, or by what they deny alone."""

    def ceiling(self, ruled: tuple[Truth, Truth]) -> Verdict:
        """Return the claims of this level, which must allow and may deny."""
        found = self.said.get(ruled)
        if found is None:
            found = self.said[ruled] = ceiling(*ruled, self)
        return found

    def denial(self, denied: Truth) -> Verdict:
        """Return the claim of this level, which may only deny."""
        found = self.said.get(denied)
        if found is None:
            found = self.said[denied] = (Claim(Says.DENIAL, denied, about=self),)
        return found


def levels(kind: PolicyKind) -> Callable[[Any], tuple[Level, ...]]:
    """Return the loader of levels, root first, from `[{"target", "policies"}, ...]` or a bare list of lists."""
    load = PolicyLoader(kind, several=True)

    def loaded(value: object) -> tuple[Level, ...]:
        if not isinstance(value, list):
            raise InvalidInput.at("", "must be a list of levels, root first")
        found, faults = list[Level](), list[Fault]()
        for index, each in enumerate(value):
            try:
                found.append(_level(each, index, load))
            except InvalidInput as error:
                faults.extend(error.below(f"/{index}").faults)
        if faults:
            raise InvalidInput(faults)
        return tuple(found)

    return loaded


def _level(each: Any, index: int, load: PolicyLoader) -> Level:
    unnamed = f"level {index + 1}"
    if not isinstance(each, dict):
        return Level(unnamed, load(each, f"/{index}"))
    target = each.get("target")
    if set(each) - {"target", "policies"} or "policies" not in each or not isinstance(target, str | None):
        raise InvalidInput.at("", "a level holds `target`, a string, and `policies`, a list")
    try:
        return Level(target or unnamed, load(each["policies"], f"/{index}/policies"))
    except InvalidInput as error:
        raise error.below("/policies") from error


def policies_by_level(value: Iterable[Level]) -> Iterator[Policies]:
    """Yield the policies of each level."""
    return (level.policies for level in value)
