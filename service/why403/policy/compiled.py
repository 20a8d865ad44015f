"""Policies compiled once per document and remembered; where each stands in a fact, so that it can be cited."""

import hashlib
import marshal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import Fact
from why403.domain.remembered import Recent
from why403.domain.request import AccessRequest
from why403.domain.verdict import Citation, ConditionResult
from why403.policy.by_resource import ByResource
from why403.policy.document import PolicyKind, from_text, read
from why403.policy.hints.of_condition import with_source
from why403.policy.never import never_allowing
from why403.policy.statement import Statement, covering

_REMEMBERED_ACTIONS = 256
_MANY = 64  # from so many statements on, those that cannot cover a resource are worth leaving out
_LONGEST_ACTION = 128  # IAM: an action is shorter


class Policy:
    """One compiled document; treat it as immutable. It remembers, per action, the statements that can matter."""

    __slots__ = ("_by_action", "_never", "points", "size", "statements")

    def __init__(self, document: object, kind: PolicyKind, size: int) -> None:
        """Compile a document; raise InvalidInput with every fault of its grammar."""
        variables, texts = read(document, kind)
        self.statements = tuple(Statement(text, index, variables=variables) for index, text in enumerate(texts))
        self.size = size
        self.points = frozenset[str]().union(*(each.points for each in self.statements))
        self._by_action: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = {}
        self._never: tuple[tuple[str, str], ...] | None = None

    @property
    def never(self) -> tuple[tuple[str, str], ...]:
        """Return pointer and reason for each Allow statement that can match nothing, worked out once."""
        if self._never is None:
            self._never = tuple(never_allowing(self.statements))
        return self._never

    def covering(self, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """Return the Deny and the Allow statements that cover an action given in lower case."""
        found = self._by_action.get(action)
        if found is None:
            found = (covering(self.statements, action, allow=False), covering(self.statements, action, allow=True))
            if len(action) <= _LONGEST_ACTION:
                if len(self._by_action) >= _REMEMBERED_ACTIONS:
                    self._by_action.clear()
                self._by_action[action] = found
        return found


class PolicyCache:
    """A bounded memory of compiled policies, least recently used first out, keyed by the digest of the document."""

    def __init__(self, capacity: int = 4096, characters: int = 64 * 2**20) -> None:
        """Hold at most `capacity` policies made from at most `characters` bytes of documents."""
        self._held: Recent[tuple[bytes, PolicyKind], Policy] = Recent(capacity, characters)

    def compiled(self, document: Any, kind: PolicyKind) -> Policy:
        """Return the compiled document, from memory if it was seen before; raise InvalidInput on faults."""
        try:
            plain = marshal.dumps(document, 2)  # the fastest stable text of plain JSON values; format 2 shares nothing
        except ValueError as error:
            raise InvalidInput.at("", "is nested too deeply") from error
        key = (hashlib.blake2b(plain, digest_size=16).digest(), kind)
        held = self._held.get(key)
        if held is not None:
            return held
        return self._held.keep(key, Policy(document, kind, len(plain)), len(plain))

    def __len__(self) -> int:
        """Return how many policies are held."""
        return len(self._held)


CACHE: Final = PolicyCache()


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A policy and where it stands: its name and ARN if known, the pointer from the fact's value to the document."""

    policy: Policy
    pointer: str = ""
    name: str | None = None
    arn: str | None = None
    origin: str | None = None
    cited: dict[tuple[Fact[Any], Statement], Citation] = field(default_factory=dict)
    """The citations of statements without conditions, which are the same for every request."""

    def cite(self, fact: Fact[Any], statement: Statement, request: AccessRequest) -> Citation:
        """Return the citation of one of its statements, with its conditions as they meet the request."""
        if not statement.conditions:
            found: Citation | None = self.cited.get((fact, statement))
            if found is None:
                found = self.cited[(fact, statement)] = self._citation(fact, statement, ())
            return found
        return self._citation(fact, statement, tuple(with_source(each, request) for each in statement.conditions))

    def _citation(self, fact: Fact[Any], statement: Statement, conditions: tuple[ConditionResult, ...]) -> Citation:
        return Citation(
            fact=fact.name,
            pointer=self.pointer + statement.pointer,
            policy=self.name,
            arn=self.arn,
            sid=statement.sid,
            statement=statement.index,
            conditions=conditions,
        )


class Policies:
    """Policies that count together: one denies if any denies, they allow if any allows; treat it as immutable."""

    __slots__ = ("_by_action", "_by_resource", "_few", "placed")

    def __init__(self, placed: Iterable[Placed]) -> None:
        """Keep the policies in order."""
        self.placed = tuple(placed)
        self._few = sum(len(each.policy.statements) for each in self.placed) < _MANY
        self._by_action: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = {}
        self._by_resource: dict[str, tuple[ByResource, ByResource]] = {}

    def covering(self, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """Return the Deny and the Allow statements of all that cover an action given in lower case."""
        found = self._by_action.get(action)
        if found is None:
            if len(self._by_action) >= _REMEMBERED_ACTIONS:
                self._by_action.clear()
            pairs = [each.policy.covering(action) for each in self.placed]
            found = (tuple(s for pair in pairs for s in pair[0]), tuple(s for pair in pairs for s in pair[1]))
            self._by_action[action] = found
        return found

    def concerning(self, request: AccessRequest) -> tuple[Sequence[Statement], Sequence[Statement]]:
        """Return the Deny and the Allow statements that cover the action and, of many, may cover the resource."""
        whole = self._few or request.resource.vague
        return self.covering(request.action_key) if whole else self._narrowed(request)

    def _narrowed(self, request: AccessRequest) -> tuple[Sequence[Statement], Sequence[Statement]]:
        found = self._by_resource.get(request.action_key)
        if found is None:
            if len(self._by_resource) >= _REMEMBERED_ACTIONS:
                self._by_resource.clear()
            denying, allowing = self.covering(request.action_key)
            found = self._by_resource[request.action_key] = (ByResource(denying), ByResource(allowing))
        return found[0].on(request.resource.arn), found[1].on(request.resource.arn)

    def statements(self) -> Iterator[tuple[Placed, Statement]]:
        """Yield every statement with the policy it stands in."""
        for placed in self.placed:
            for statement in placed.policy.statements:
                yield placed, statement


_WRAPPED: Final = frozenset({"name", "arn", "document", "from"})


def place(value: object, kind: PolicyKind, pointer: str = "") -> Placed:
    """Return a policy given as a document, as `{"name", "arn", "document"}`, or as the document's JSON text."""
    if isinstance(value, dict) and "document" in value:
        return _wrapped(value, kind, pointer)
    return Placed(_compiled(value, kind), pointer)


def _compiled(value: object, kind: PolicyKind) -> Policy:
    return CACHE.compiled(from_text(value) if isinstance(value, str) else value, kind)


def _wrapped(value: dict[str, Any], kind: PolicyKind, pointer: str) -> Placed:
    for name, held in value.items():
        if name not in _WRAPPED:
            raise InvalidInput.at("/" + escaped(name), f"`{name}` is no member of a policy with its name")
        if name != "document" and not isinstance(held, str | None):
            raise InvalidInput.at(f"/{name}", "must be a string")
    try:
        policy = _compiled(value["document"], kind)
    except InvalidInput as error:
        raise error.below("/document") from error
    return Placed(policy, f"{pointer}/document", value.get("name"), value.get("arn"), value.get("from"))


def one_policy(kind: PolicyKind) -> "PolicyLoader":
    """Return the loader of a fact that holds one policy."""
    return PolicyLoader(kind, several=False)


def policy_list(kind: PolicyKind) -> "PolicyLoader":
    """Return the loader of a fact that holds a list of policies."""
    return PolicyLoader(kind, several=True)


@dataclass(frozen=True, slots=True)
class PolicyLoader:
    """Loads one policy or a list of them from JSON; raises InvalidInput with pointers from the value."""

    kind: PolicyKind
    several: bool

    def __call__(self, value: object, base: str = "") -> Policies:
        """Return the policies; `base` is where the value itself stands inside its fact."""
        if not self.several:
            return Policies((place(value, self.kind, base),))
        if not isinstance(value, list):
            raise InvalidInput.at("", "must be a list of policies")
        placed, faults = list[Placed](), list[Fault]()
        for index, each in enumerate(value):
            try:
                placed.append(place(each, self.kind, f"{base}/{index}"))
            except InvalidInput as error:
                faults.extend(error.below(f"/{index}").faults)
        if faults:
            raise InvalidInput(faults)
        return Policies(placed)


def policies_of(value: Policies) -> Iterator[Policies]:
    """Yield the policies in the value of a fact that holds nothing else."""
    yield value
