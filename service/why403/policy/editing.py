"""Changing policy documents as little as possible: a permission added, an exception made in a Deny; pure.

Documents are JSON and stay as they are; what is returned is a copy. Statements keep their order and their Sids.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from why403.domain.errors import unescaped
from why403.policy.document import VARIABLES_SINCE, from_text

Document = dict[str, Any]
_VARIABLE = "${"
_SPECIAL = re.compile(r"[*?]|\$(?=\{)")


def document_of(value: Any) -> Document | None:
    """Return the document in a policy as evidence holds it: itself, `{"name", "arn", "document"}`, or JSON text."""
    if isinstance(value, str):
        value = from_text(value)
    if isinstance(value, Mapping) and "document" in value and "Statement" not in value:
        return document_of(value["document"])
    return dict(value) if isinstance(value, Mapping) else None


def written(value: Any) -> Any:
    """Return the document in a policy as evidence holds it just as it is written there: text stays text."""
    wrapped = isinstance(value, Mapping) and "document" in value and "Statement" not in value
    return value["document"] if wrapped else value


def with_document(value: Any, document: Document) -> Any:
    """Return a policy as evidence holds it with another document, in the form the first one had."""
    if isinstance(value, str):
        return json.dumps(document)
    if isinstance(value, Mapping) and "document" in value and "Statement" not in value:
        return {**value, "document": with_document(value["document"], document)}
    return document


def size(document: Document) -> int:
    """Return the characters of a document without white space, as IAM counts them."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def text_of(document: Any) -> str:
    """Return a document as it is sent: what is text already as it is, else JSON without white space."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def bytes_of(document: Document) -> int:
    """Return the bytes of a document as it is sent, without white space: AWS limits a bucket's policy by them."""
    return len(text_of(document).encode())


def literal(arn: str) -> str:
    """Return an ARN as a Resource that covers nothing else: what would be a wildcard or variable stands for itself.

    The `*` of a call that is about nothing in particular is the only Resource that covers it. AWS: "IAM policy
    elements: Variables and tags", special characters.
    """
    return arn if arn == "*" else _SPECIAL.sub(lambda found: f"${{{found[0]}}}", arn)


def unvaried(text: str) -> str:
    """Return a text as a value that is compared exactly: what would be a variable stands for itself."""
    return text.replace(_VARIABLE, "${$}{")


def takes(document: Document, wanted: Document) -> bool:
    """Return whether what is added means the same in the document: older ones that use `${` know no escapes."""
    old = document.get("Version") != VARIABLES_SINCE
    return not (old and all(_VARIABLE in json.dumps(each) for each in (document, wanted)))


def statement(
    action: str,
    resource: str | list[str],
    *,
    principal: str | Mapping[str, Any] | None = None,
    condition: Mapping[str, Any] | None = None,
) -> Document:
    """Return an Allow of one action; with `principal` for a resource's policy: an ARN, or the element itself."""
    made: Document = {"Effect": "Allow"}
    if principal is not None:
        plain = isinstance(principal, str) and principal != "*"
        made["Principal"] = {"AWS": principal} if plain else principal
    made |= {"Action": action, "Resource": resource}
    if condition:
        made["Condition"] = dict(condition)
    return made


def allowing(document: Document | None, wanted: Document) -> Document:
    """Return a document that allows what `wanted` does as well: in a statement that differs in one list, or a new one.

    A statement is taken that differs in callers, actions or resources alone: adding to any other would allow more than
    was asked for. Where what is added needs escapes, the document is made one that knows them, if nothing in it would
    come to mean something else.
    """
    if document is None:
        return {"Version": VARIABLES_SINCE, "Statement": [_named(wanted, ())]}
    made = deepcopy(document)
    if _VARIABLE in json.dumps(wanted) and _VARIABLE not in json.dumps(document):
        made = {"Version": VARIABLES_SINCE, **made} | {"Version": VARIABLES_SINCE}
    statements = made["Statement"] if isinstance(made["Statement"], list) else [made["Statement"]]
    for each in statements:
        element = _differing(each, wanted)
        if element == "Principal":
            each[element] = {"AWS": _both(each[element]["AWS"], wanted[element]["AWS"])}
            return made
        if element is not None:
            each[element] = _both(each[element], wanted[element])
            return made
    made["Statement"] = [*statements, _named(wanted, statements)]
    return made


def _differing(held: Document, wanted: Document) -> str | None:
    """Return the one element to which adding makes the held statement allow what is wanted, and nothing else."""
    if held.get("Effect") != "Allow" or any(name in held for name in ("NotPrincipal", "NotAction", "NotResource")):
        return None
    if held.get("Condition") != wanted.get("Condition"):
        return None
    resource, action = _same(held["Resource"], wanted["Resource"]), _same(held["Action"], wanted["Action"], str.lower)
    if held.get("Principal") != wanted.get("Principal"):
        both = resource and action and _by_arn(held.get("Principal")) and _by_arn(wanted.get("Principal"))
        return "Principal" if both else None
    return "Action" if resource else "Resource" if action else None


def _by_arn(principal: Any) -> bool:
    """Return whether a Principal is a list of IAM identities: to add to anybody would add nothing."""
    return isinstance(principal, Mapping) and set(principal) == {"AWS"} and "*" not in _listed(principal["AWS"])


def _both(held: Any, wanted: Any) -> list[Any]:
    entries = _listed(held)
    return [*entries, *(each for each in _listed(wanted) if each not in entries)]


def _same(one: Any, other: Any, form: Any = str) -> bool:
    return {form(each) for each in _listed(one)} == {form(each) for each in _listed(other)}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _named(wanted: Document, others: Iterable[Document]) -> Document:
    """Return a new statement with a Sid that no other has."""
    taken = {each.get("Sid") for each in others}
    stem = "Allow" + "".join(action.partition(":")[2] for action in _listed(wanted["Action"]))
    plain = "".join(filter(str.isalnum, stem))
    sid = next(name for n in range(1, len(taken) + 3) if (name := plain if n == 1 else f"{plain}{n}") not in taken)
    return {"Sid": sid, **wanted}


def excepting(document: Document, index: int, operator: str, key: str, values: Sequence[str]) -> Document:
    """Return a document whose statement `index` speaks of less: one more negated condition, or value in one.

    All conditions of a statement must hold, and a negated operator holds only if no value matches: so either way the
    statement matches less than before. Another operator may be given for a key that it does not test there yet.
    """
    made = deepcopy(document)
    conditions = statement_at(made, index).setdefault("Condition", {})
    operator = _spelt(conditions, operator)
    keys = conditions.setdefault(operator, {})
    key = _spelt(keys, key)
    held = _listed(keys[key]) if key in keys else []
    found = [*held, *(value for value in values if value not in held)]
    keys[key] = found[0] if len(found) == 1 else found
    return made


def statement_at(document: Document, index: int) -> Document:
    """Return a statement of a document, itself and no copy."""
    held = document["Statement"]
    found: Document = held[index] if isinstance(held, list) else held
    return found


def _spelt(held: Mapping[str, Any], name: str) -> str:
    """Return a name as it is spelt already, whatever its case."""
    return next((each for each in held if each.lower() == name.lower()), name)


def without_statement(document: Document, index: int) -> Document | None:
    """Return a document without one statement; None if none is left."""
    held = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    left = [deepcopy(each) for at, each in enumerate(held) if at != index]
    return {**deepcopy(document), "Statement": left} if left else None


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer."""
    for name in pointer.split("/")[1:]:
        value = value[int(name)] if isinstance(value, list) else value[unescaped(name)]
    return value


def put(value: Any, pointer: str, new: Any) -> Any:
    """Return a copy of a value with something else at a JSON pointer."""
    if not pointer:
        return new
    name, slash, rest = pointer[1:].partition("/")
    if isinstance(value, list):
        index = int(name)
        return [put(each, slash + rest, new) if at_ == index else each for at_, each in enumerate(value)]
    name = unescaped(name)
    return {**value, name: put(value[name], slash + rest, new)}
