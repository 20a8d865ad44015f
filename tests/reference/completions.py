"""Fills in what a case leaves unknown, in every way that could make a difference."""

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from .callers import caller_of
from .calls import legs_of
from .candidates import COMPARED, candidates
from .conditions import Json
from .keys import context_of, derivable
from .mentions import mentioned_keys, mentions, principals_named, readable, variable_keys
from .parameters import KEYS_OF_PARAMETERS, carries
from .unknown_facts import Slot, fact_slots
from .variables import MULTIVALUED

LIMIT = 2_000
TRIED_KEYS, TRIED_COMBINATIONS = 8, 4_096
TRIED_OPERATORS = frozenset({"stringequals", "stringequalsignorecase", "bool", "null"})


def completions(case: Json, *, rng: random.Random | None = None, limit: int = LIMIT) -> Iterator[Json]:
    """Fully known cases that agree with what the case knows; a sample of `limit` of them where there are more."""
    slots = slots_of(case)
    for choice in _choices([slot.values for slot in slots], rng or random.Random(0), limit):
        yield completed(case, slots, choice)


def _choices(values: list[tuple[Any, ...]], rng: random.Random, limit: int) -> Iterator[tuple[Any, ...]]:
    if math.prod(len(one) for one in values) <= limit:
        yield from itertools.product(*values)
    else:
        yield from (tuple(rng.choice(one) for one in values) for _ in range(limit))


def count(case: Json) -> int:
    """How many combinations of representative values there are."""
    return math.prod(len(slot.values) for slot in slots_of(case))


def exhaustive(case: Json, *, limit: int = LIMIT) -> bool:
    """Whether `completions` tries every combination of representative values instead of a sample."""
    return count(case) <= limit


def slots_of(case: Json) -> list[Slot]:
    """Everything that a completion has to choose, with the values to choose from."""
    return [*session_slots(case), *fact_slots(case), *key_slots(case)]


def session_slots(case: Json) -> Iterator[Slot]:
    """A slot for the session that a role's ARN stands for, where a policy names one."""
    head, _, name = case["principal"].partition(":role/")
    if name:
        sessions = f"{head.replace(':iam:', ':sts:')}:assumed-role/{name.rpartition('/')[2]}/"
        named = [value for _, value in principals_named(case) if value.startswith(sessions)]
        if named:
            yield Slot("session", "principal", (f"{sessions}any", *named))


def key_slots(case: Json) -> Iterator[Slot]:
    """A slot for every condition key that a policy mentions and nobody knows."""
    if case.get("context_is_complete", True):
        return
    caller = caller_of(case)
    given = {key.lower() for key in case.get("context", {})}
    known = context_of(legs_of(readable(case))[0], caller, None)
    for key in sorted(mentioned_keys(case) | compared_keys(case)):
        if key not in given and not derivable(key, caller) and not told_by_call(key, case):
            yield Slot("key", key, tuple(candidates(case, key, known)))


def compared_keys(case: Json) -> set[str]:
    """The keys that a call's surroundings are compared with, whatever the policies say."""
    facts = case["evidence"] if "operation" in case else {}
    return {key for key, fact in COMPARED.items() if facts.get(fact)}


def told_by_call(key: str, case: Json) -> bool:
    """Whether a call's parameters, or its being made to KMS, decide about a key."""
    told = key.startswith(("s3:requestobjecttag", "kms:")) or key in KEYS_OF_PARAMETERS
    return "operation" in case and told


def partly_told(case: Json) -> bool:
    """Whether a policy tests a parameter's key that some action of the call does not carry, and nobody gave."""
    if case.get("context_is_complete", True) or "operation" not in case:
        return False
    # How old the signer's token is, nobody said.
    if "presigned" in case:
        return True
    given = {key.lower() for key in case.get("context", {})}
    tested = [key for key in mentioned_keys(case) - given if told_by_call(key, case)]
    return any(not carries(key, leg["action"]) for key in tested for leg in legs_of(case))


def completed(case: Json, slots: Sequence[Slot], choice: Sequence[Any]) -> Json:
    """The fully known case that one choice for every slot makes."""
    known = readable(case)
    evidence, context = dict(known["evidence"]), dict(case.get("context", {}))
    principal = case["principal"]
    for (sort, name, _), value in zip(slots, choice, strict=True):
        match sort:
            case "session":
                principal = value
                evidence["session.issuer"] = case["principal"]
            case "fact":
                evidence[name] = value
            case "canonical id":
                evidence["accounts.canonical_ids"] = {**evidence.get("accounts.canonical_ids", {}), name: value}
            case "key":
                context[name] = None if value is None else list(value)
            case _ if value is not None:
                evidence[sort] = {**evidence.get(sort, {}), name: value}
    return {
        **case,
        "principal": principal,
        "context": context,
        "context_is_complete": True,
        "evidence": evidence,
        "evidence_is_complete": True,
    }


def value_trying_applies(case: Json) -> bool:
    """Whether the contract has the values of the unknown keys tried, so that agreement makes an answer certain."""
    slots = list(key_slots(case))
    if slots_of(case) != slots or partly_told(case):
        return False
    unknown = {slot.name for slot in slots}
    if len(unknown) > TRIED_KEYS or unknown & (MULTIVALUED | variable_keys(case)):
        return False
    tests = [mention for mention in mentions(case) if mention.test.key in unknown]
    plain = all(
        one.test.operator.base in TRIED_OPERATORS
        and not one.test.operator.quantifier
        and not (one.variables and any("${" in text for text in one.test.expected))
        for one in tests
    )
    return plain and math.prod(len(slot.values) for slot in slots) <= TRIED_COMBINATIONS
