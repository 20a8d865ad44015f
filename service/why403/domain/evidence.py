"""Facts about the world and what was seen of them: found, absent, or not readable - never confused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from why403.domain.errors import InvalidInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Found(Generic[T]):
    """The fact was read, and this is it; `raw` is the JSON it was loaded from, None where it came otherwise."""

    value: T
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Absent:
    """It was looked for, and there is none."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It is not known; `permission` is the IAM permission that would read it, if one would.

    Where a read was tried, `call` names it, `account` the account in which the permission would have to be granted, and
    `result` what came of it, as the metrics name it.
    """

    why: str
    permission: str | None = None
    call: str | None = None
    account: str | None = None
    result: str | None = field(default=None, compare=False)


Observation: TypeAlias = Found[T] | Absent | Unreadable
ABSENT = Absent()
ASSUMED = Absent()  # equal to it: nobody looked, and decisions are made as if there were none
SOURCE = "source."  # what the names of facts about a copy's source begin with
NOTHING: Mapping[Any, Any] = MappingProxyType({})
_MOST_SHARED = 512


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fact(Generic[T]):
    """A typed name for one observable thing, compared by identity so that two plugins cannot collide.

    `load` turns the JSON value into the typed one and raises InvalidInput with pointers from that value. `otherwise`
    is what holds where the evidence is complete and does not mention the fact. `assumed` marks facts taken for absent
    when nobody tried to read them. `of_resource` facts belong to the bucket or object, so that a copy's source has its
    own (`source.NAME`); `of_object` ones may differ per key of a multi-object call, `of_access_point` ones tell of what
    the request goes through. `of_caller` facts tell of the caller alone, `of_organization` ones of the organization
    that its account is in: they say nothing of another caller, or of one of another account. `unlimited` is the JSON
    value with which a fact of the caller keeps it from nothing. `policies` lists the documents inside the value, for
    warnings and for the values worth trying.
    """

    name: str
    load: Callable[[Any], T]
    permission: str | None = None
    otherwise: Observation[Any] = ABSENT
    nullable: bool = True
    assumed: bool = False
    of_resource: bool = False
    of_object: bool = False
    of_access_point: bool = False
    of_caller: bool = False
    of_organization: bool = False
    unlimited: Any = None
    policies: Callable[[T], Iterator[Any]] | None = None

    def observe(self, value: object) -> Observation[T]:
        """Return the observation a JSON value stands for; `null` and `[]` are known to be none."""
        if value is None or value == []:
            if self.nullable:
                return ABSENT
            raise InvalidInput.at("", f"`{self.name}` cannot be none")
        if isinstance(value, dict) and len(value) == 1 and value.get("unknown") is True:
            return self.unread()
        return Found(self.load(value), value)

    def unread(self) -> Unreadable:
        """Return the observation of a fact that nobody supplied."""
        return Unreadable(f"`{self.name}` is not known", self.permission)


@cache
def _unlisted(fact: Fact[Any]) -> Unreadable:
    """Return what holds for a fact that nobody listed, always the same one."""
    return fact.unread()


class Evidence(dict[Fact[Any], Observation[Any]]):
    """What is known about one leg's caller, bucket and object: a mapping that answers for every fact.

    A fact that nobody supplied is unreadable, or what its `otherwise` says where the evidence is complete. Treat it as
    immutable: `source` and `key` return new ones. (A dict, because the hot path looks a fact up at C speed.) `shared`
    is what was worked out from it before, for this or another request; several threads may do so. `same_bucket`: it is
    that of a copy's source, in the bucket of the target.
    """

    __slots__ = ("complete", "of_keys", "of_source", "same_bucket", "shared")

    def __init__(
        self,
        facts: Mapping[Fact[Any], Observation[Any]],
        *,
        of_source: Mapping[Fact[Any], Observation[Any]] = NOTHING,
        of_keys: Mapping[str, Mapping[Fact[Any], Observation[Any]]] = NOTHING,
        complete: bool = False,
    ) -> None:
        """Keep the leg's own facts, those of a copy's source, and those of single keys of a multi-object call."""
        super().__init__(facts)
        self.of_source, self.of_keys = of_source, of_keys
        self.complete, self.same_bucket = complete, False
        self.shared: dict[object, Any] = {}

    def __missing__(self, fact: Fact[T]) -> Observation[T]:
        """Return what holds for a fact that nobody supplied."""
        seen = fact.otherwise if self.complete else ASSUMED if fact.assumed else _unlisted(fact)
        self[fact] = seen
        return seen

    def in_doubt(self, fact: Fact[T]) -> bool:
        """Return whether a fact could not be read or was said to be unknown: more than that nobody listed it."""
        seen = self[fact]
        return isinstance(seen, Unreadable) and seen is not _unlisted(fact)

    def share(self, key: object, value: Any) -> None:
        """Remember something worked out; a memory that is full starts anew."""
        if len(self.shared) >= _MOST_SHARED:
            self.shared.clear()
        self.shared[key] = value

    def in_question(self, fact: Fact[T]) -> Observation[T]:
        """Return the observation of a fact that is not to be assumed, because what it is about is known to apply."""
        seen = self[fact]
        return fact.unread() if seen is ASSUMED else seen

    if TYPE_CHECKING:

        def __getitem__(self, fact: Fact[T], /) -> Observation[T]:
            """Return the observation of a fact."""

    def source(self, *, same_bucket: bool = False) -> "Evidence":
        """Return the evidence as a leg on a copy's source sees it: another object, and the same caller.

        What is known of the bucket holds for the source where that lies in the same one.
        """
        shared = {
            fact: seen
            for fact, seen in list(self.items())  # at once: another thread may look a fact up
            if not fact.of_resource or (same_bucket and not fact.of_object and fact not in self.of_source)
        }
        found = Evidence({**shared, **self.of_source}, complete=self.complete)
        found.of_source, found.same_bucket = self.of_source, same_bucket
        return found

    def of_source_alone(self, fact: Fact[Any]) -> bool:
        """Return whether a fact, as a leg on a copy's source sees it, is told of the source and not of the target."""
        return fact.of_resource and (not self.same_bucket or fact.of_object or fact in self.of_source)

    def key(self, key: str | None) -> "Evidence":
        """Return the evidence as a leg on one of several keys sees it, itself where it says nothing of that key."""
        theirs = self.of_keys.get(key) if key is not None else None
        return Evidence({**self, **theirs}, complete=self.complete) if theirs else self
