"""Changing policy documents as little as possible: a permission added, an exception made in a Deny; pure.

Documents are JSON and stay as they are; what is returned is a copy. Statements keep their order and their Sids.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from why403.policy.document import VARIABLES_SINCE, from_text

Document = dict[str, Any]


def document_of(value: Any) -> Document | None:
    """Return the document in a policy as evidence holds it: itself, `{"name", "arn", "document"}`, or JSON text."""
    if isinstance(value, str):
        value = from_text(value)
    if isinstance(value, Mapping) and "document" in value and "Statement" not in value:
        return document_of(value["document"])
    return dict(value) if isinstance(value, Mapping) else None


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


def statement(
    action: str, resource: str, *, principal: str | None = None, condition: Mapping[str, Any] | None = None
) -> Document:
    """Return an Allow of one action on one resource; with `principal` for a resource's policy."""
    made: Document = {"Effect": "Allow"}
    if principal is not None:
        made["Principal"] = {"AWS": principal}
    made |= {"Action": action, "Resource": resource}
    if condition:
        made["Condition"] = dict(condition)
    return made


def allowing(document: Document | None, wanted: Document) -> Document:
    """Return a document that allows what `wanted` does as well: in a statement that differs in one list, or a new one.

    A statement is taken that has the same callers and conditions, and either the same resources or the same actions:
    adding to any other would allow more than was asked for.
    """
    if document is None:
        return {"Version": VARIABLES_SINCE, "Statement": [_named(wanted, ())]}
    made = deepcopy(document)
    statements = made["Statement"] if isinstance(made["Statement"], list) else [made["Statement"]]
    for each in statements:
        element = _differing(each, wanted)
        if element is not None:
            each[element] = [*_listed(each[element]), *(x for x in _listed(wanted[element]) if x not in each[element])]
            return made
    made["Statement"] = [*statements, _named(wanted, statements)]
    return made


def _differing(held: Document, wanted: Document) -> str | None:
    """Return the one element to which adding makes the held statement allow what is wanted, and nothing else."""
    if held.get("Effect") != "Allow" or any(name in held for name in ("NotPrincipal", "NotAction", "NotResource")):
        return None
    if any(held.get(name) != wanted.get(name) for name in ("Principal", "Condition")):
        return None
    if _same(held["Resource"], wanted["Resource"]):
        return "Action"
    return "Resource" if _same(held["Action"], wanted["Action"], str.lower) else None


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
    statement matches less than before.
    """
    made = deepcopy(document)
    statements = made["Statement"] if isinstance(made["Statement"], list) else [made["Statement"]]
    conditions = statements[index].setdefault("Condition", {})
    operator = _spelt(conditions, operator)
    keys = conditions.setdefault(operator, {})
    key = _spelt(keys, key)
    held = _listed(keys[key]) if key in keys else []
    found = [*held, *(value for value in values if value not in held)]
    keys[key] = found[0] if len(found) == 1 else found
    return made


def _spelt(held: Mapping[str, Any], name: str) -> str:
    """Return a name as it is spelt already, whatever its case."""
    return next((each for each in held if each.lower() == name.lower()), name)


def without_statement(document: Document, index: int) -> Document | None:
    """Return a document without one statement; None if none is left."""
    held = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    left = [deepcopy(each) for at, each in enumerate(held) if at != index]
    return {**deepcopy(document), "Statement": left} if left else None
