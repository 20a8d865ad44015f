"""The grammar of policy documents: every fault of a document with its pointer, or the document in one plain form.

AWS: "Grammar of the IAM JSON policy language".
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.lengths import ELEMENT_TOO_LONG, LONGEST_ELEMENT
from why403.domain.numbers import LONGEST_WHOLE, loads
from why403.policy.condition import parse_operator

VARIABLES_SINCE: Final = "2012-10-17"
VERSIONS: Final = (VARIABLES_SINCE, "2008-10-17")


class PolicyKind(Enum):
    """Whether a document hangs on its principal, or on a resource and names principals."""

    ATTACHED = "attached"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element and its negation, such as Action and NotAction: the entries, and which of the two it was."""

    entries: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementText:
    """One statement as written, every element in its plural form."""

    sid: str | None
    allow: bool
    principals: str | Mapping[str, tuple[str, ...]] | None
    principals_negated: bool
    actions: Element
    resources: Element
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    pointer: str


_TOP: Final = frozenset({"Version", "Id", "Statement"})
_STATEMENT: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_LONGEST_NUMBER: Final = 1000
_PRINCIPAL_TYPES: Final = ("AWS", "Service", "Federated", "CanonicalUser")


def from_text(text: str) -> Any:
    """Return the JSON of a document that arrives as text; an element given twice is a fault."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            double = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            raise InvalidInput.at("", f"`{double.encode(errors='replace').decode()}` is given twice")
        return found

    try:
        found = loads(text, object_pairs_hook=unique, parse_constant=_no_number, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        raise InvalidInput.at("", f"is not the JSON of a policy: {error}") from error
    except RecursionError as error:
        raise InvalidInput.at("", "is nested too deeply") from error
    if "\\u" in text:
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InvalidInput.at("", "is not the JSON of a policy: half of a surrogate pair is no text") from error
    return found


def _no_number(name: str) -> float:
    raise InvalidInput.at("", f"is not the JSON of a policy: `{name}` is no number")


def _whole_number(digits: str) -> int | str:
    """Return a whole number, its text where no JSON text of ours could hold it."""
    if len(digits) > _LONGEST_NUMBER:
        raise InvalidInput.at("", f"holds a number of more than {_LONGEST_NUMBER} digits")
    return int(digits) if len(digits) <= LONGEST_WHOLE and digits != "-0" else digits


class _Faults(list[Fault]):
    def add(self, pointer: str, message: str) -> None:
        self.append(Fault(pointer, message))


def read(document: object, kind: PolicyKind) -> tuple[bool, tuple[StatementText, ...]]:
    """Return whether policy variables are live, and the statements; raise InvalidInput with every fault found."""
    faults = _Faults()
    if not isinstance(document, dict):
        raise InvalidInput.at("", "a policy must be a JSON object")
    for name in document:
        if name not in _TOP:
            faults.add("/" + escaped(str(name)), f"`{name}` is no element of a policy")
    version = document.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        faults.add("/Version", "must be `2012-10-17` or `2008-10-17`")
    if not isinstance(document.get("Id", ""), str):
        faults.add("/Id", "must be a string")
    statements = tuple(filter(None, (_statement(each, at, kind, faults) for each, at in _statements(document, faults))))
    if faults:
        raise InvalidInput(faults)
    return version == VARIABLES_SINCE, statements


def _statements(document: Mapping[str, Any], faults: _Faults) -> Iterator[tuple[dict[str, Any], str]]:
    held = document.get("Statement")
    listed = isinstance(held, list)
    for index, each in enumerate(held if isinstance(held, list) else [held]):
        pointer = f"/Statement/{index}" if listed else "/Statement"
        if held is None:
            faults.add("/Statement" if "Statement" in document else "", "a policy needs `Statement`")
        elif isinstance(each, dict):
            yield each, pointer
        else:
            faults.add(pointer, "a statement must be a JSON object")


def _statement(each: dict[str, Any], at: str, kind: PolicyKind, faults: _Faults) -> StatementText | None:
    before = len(faults)
    for name in each:
        if name not in _STATEMENT:
            faults.add(f"{at}/{escaped(str(name))}", f"`{name}` is no element of a statement")
    if not isinstance(each.get("Sid", ""), str):
        faults.add(f"{at}/Sid", "must be a string")
    if each.get("Effect") not in ("Allow", "Deny"):
        faults.add(f"{at}/Effect" if "Effect" in each else at, "`Effect` must be `Allow` or `Deny`")
    actions = _element(each, at, "Action", faults)
    resources = _element(each, at, "Resource", faults)
    principals, negated = _principals(each, at, kind, faults)
    conditions = tuple(_conditions(each.get("Condition", {}), f"{at}/Condition", faults))
    if len(faults) > before or actions is None or resources is None:
        return None
    return StatementText(
        sid=each.get("Sid"),
        allow=each["Effect"] == "Allow",
        principals=principals,
        principals_negated=negated,
        actions=actions,
        resources=resources,
        conditions=conditions,
        pointer=at,
    )


def _which(each: Mapping[str, Any], at: str, name: str, faults: _Faults) -> str | None:
    """Return which of an element and its negation is there: exactly one must be."""
    names = [form for form in (name, "Not" + name) if form in each]
    if len(names) == 1:
        return names[0]
    if names:
        faults.add(f"{at}/Not{name}", f"a statement holds `{name}` or `Not{name}`, not both")
    else:
        faults.add(at, f"a statement needs `{name}` or `Not{name}`")
    return None


def _element(each: Mapping[str, Any], at: str, name: str, faults: _Faults) -> Element | None:
    form = _which(each, at, name, faults)
    if form is None:
        return None
    entries = _strings(each[form], f"{at}/{form}", faults)
    return Element(entries=entries, negated=form != name) if entries else None


def _strings(value: object, at: str, faults: _Faults) -> tuple[str, ...]:
    """Return one or several strings, at least one."""
    listed = isinstance(value, list)
    entries = value if isinstance(value, list) else [value]
    if not entries or not (listed or isinstance(value, str)):
        faults.add(at, "must be a string or a list of at least one string")
        return ()
    for index, entry in enumerate(entries):
        if not isinstance(entry, str) or len(entry) > LONGEST_ELEMENT:
            message = ELEMENT_TOO_LONG if isinstance(entry, str) else "must be a string"
            faults.add(f"{at}/{index}" if listed else at, message)
            return ()
    return tuple(entries)


def _principals(
    each: Mapping[str, Any], at: str, kind: PolicyKind, faults: _Faults
) -> tuple[str | Mapping[str, tuple[str, ...]] | None, bool]:
    if kind is PolicyKind.ATTACHED:
        for name in ("Principal", "NotPrincipal"):
            if name in each:
                faults.add(f"{at}/{name}", f"`{name}` belongs in policies of resources, not in this kind")
        return None, False
    form = _which(each, at, "Principal", faults)
    if form is None:
        return None, False
    return _principal(each[form], f"{at}/{form}", faults), form != "Principal"


def _principal(value: object, at: str, faults: _Faults) -> str | Mapping[str, tuple[str, ...]]:
    if value == "*":
        return "*"
    if not isinstance(value, dict) or not value:
        faults.add(at, "must be `*` or an object of " + ", ".join(f"`{name}`" for name in _PRINCIPAL_TYPES))
        return "*"
    found = {}
    for name, entries in value.items():
        if name not in _PRINCIPAL_TYPES:
            faults.add(f"{at}/{escaped(str(name))}", f"`{name}` is no kind of principal")
        else:
            found[name] = _strings(entries, f"{at}/{name}", faults)
    return found


def _conditions(value: object, at: str, faults: _Faults) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not isinstance(value, dict):
        faults.add(at, "must be an object from operator to keys")
        return
    for operator, keys in value.items():
        pointer = f"{at}/{escaped(str(operator))}"
        if parse_operator(operator) is None:
            faults.add(pointer, f"`{operator}` is no condition operator")
        elif not isinstance(keys, dict):
            faults.add(pointer, "must be an object from condition key to values")
        else:
            for key, held in keys.items():
                if len(key) > LONGEST_ELEMENT:
                    faults.add(pointer, f"the name of a condition key {ELEMENT_TOO_LONG}")
                yield operator, key, _scalars(held, f"{pointer}/{escaped(key)}", faults)


def _scalars(value: object, at: str, faults: _Faults) -> tuple[str, ...]:
    """Return one or several scalars as text, numbers and booleans as JSON writes them; there may be none."""
    listed = isinstance(value, list)
    found = []
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        written = scalar_text(entry)
        if written is None or len(written) > LONGEST_ELEMENT:
            message = "must be a string, number or boolean" if written is None else ELEMENT_TOO_LONG
            faults.add(f"{at}/{index}" if listed else at, message)
        else:
            found.append(written)
    return tuple(found)


def scalar_text(value: object) -> str | None:
    """Return a string as it is, a number or boolean as JSON writes it, None for anything else."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bool | int | float):
        return None
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:  # infinite, no number, or too long to be written
        return None
