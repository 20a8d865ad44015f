"""Random cases decided by the engine and by the reference, and all in which the two differ.

`python -m tests.differential N [SEED]` decides N of them in two processes and exits with 1 if any differ.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from typing import Any, Final

from tests.cases import answer
from tests.reference.calls import COPIES, legs_of
from tests.reference.completions import LIMIT, completions, exhaustive, value_trying_applies
from tests.reference.evaluator import decide, is_open, statuses
from tests.reference.generator import LAYERS, MORE_LAYERS, random_case
from tests.seeding import SEED

Case = dict[str, Any]

CASES: Final = int(os.environ.get("WHY403_TEST_CASES", "2000"))
# Without ACLs that could have granted, which of the two lacks the grant is a matter of naming.
NAMED_ALIKE: Final = frozenset({"acl", "bucket_policy"})
# Whether WRITE on a bucket lets the owners of bucket or object delete as members of a granted group, AWS does not say.
DELETIONS: Final = frozenset({"s3:deleteobject", "s3:deleteobjectversion"})
CHUNK: Final = 250
PROCESSES: Final = 2
SHOWN: Final = 5


@dataclass(slots=True)
class Tally:
    """What was found over many cases; `differences` are texts that say all that repeating one takes."""

    cases: int = 0
    differences: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    """What denied, by layer and kind, and by what was asked for."""
    asked: Counter[str] = field(default_factory=Counter)
    namings: Counter[tuple[str, str]] = field(default_factory=Counter)
    settled: int = 0
    needless: int = 0

    def add(self, other: "Tally") -> None:
        """Count what another tally has found as well."""
        self.cases += other.cases
        self.differences += other.differences
        self.decisions += other.decisions
        self.blocked += other.blocked
        self.asked += other.asked
        self.namings += other.namings
        self.settled += other.settled
        self.needless += other.needless

    def __str__(self) -> str:
        decided = ", ".join(f"{number} {name}" for name, number in sorted(self.decisions.items()))
        lines = [f"{self.cases} cases ({decided}), {len(self.differences)} differences"]
        for title, found in (("denied by", self.blocked), ("asked for", self.asked)):
            if found:
                lines.append(f"{title}: {', '.join(f'{name} {number}' for name, number in found.most_common())}")
        named = sum(self.namings.values())
        if named:
            pairs = ", ".join(
                f"{ours} for {theirs} {number}" for (ours, theirs), number in sorted(self.namings.items())
            )
            lines.append(f"named otherwise: {named} of {self.decisions['denied']} denials ({pairs})")
        if self.decisions["unknown"]:
            unknown = self.decisions["unknown"]
            lines.append(f"needlessly unknown: {self.needless} of {unknown} ({self.needless / unknown:.1%})")
            lines.append(f"certain although something is hidden: {self.settled} of {self.cases}")
        return "; ".join(lines)


def compare_known(case: Case, tally: Tally, _rng: random.Random) -> Iterator[str]:
    """Yield how the decision of a fully known case differs from the reference's."""
    ours, theirs = answer(case), decide(case)
    tally.decisions[ours["decision"]] += 1
    if ours["layer"]:
        tally.blocked[f"{ours['layer']} ({ours['kind']})"] += 1
    if (ours["decision"], ours["kind"]) != (theirs.decision, theirs.kind):
        yield f"engine: {ours['decision']} {ours['kind']} by {ours['layer']}, reference: {theirs}"
    elif ours["layer"] != theirs.layer:
        if {ours["layer"], theirs.layer} == NAMED_ALIKE:
            tally.namings[ours["layer"], str(theirs.layer)] += 1
        else:
            yield f"engine names {ours['layer']}, reference: {theirs}"
    elif "operation" in case and ours["status"] not in statuses(case):
        yield f"engine says {ours['status']} {ours['code']}, reference: {theirs}"
    if ours["blockers"] and ours["blockers"][0]["layer"] != ours["layer"]:
        yield f"engine names {ours['layer']}, its first blocker is {ours['blockers'][0]['layer']}"


def compare_hidden(case: Case, tally: Tally, rng: random.Random) -> Iterator[str]:
    """Yield how a decision in which something is hidden disagrees with what it may turn out to be."""
    ours = answer(case, detail="decision")["decision"]
    tally.decisions[ours] += 1
    possible: dict[str, Case] = {}
    open_too = False
    for each in completions(case, rng=rng, limit=LIMIT):
        found = decide(each)
        if found.decision in possible and ours != "unknown":
            continue
        if is_open(each, found):
            open_too = True
        else:
            possible.setdefault(found.decision, each)
        if len(possible) > 1:
            break
    if ours != "unknown":
        tally.settled += 1
        against = [each for decision, each in possible.items() if decision != ours]
        if against:
            yield f"engine: {ours}, but not if {json.dumps(against[0])}"
    elif len(possible) == 1 and not open_too and exhaustive(case):
        tally.needless += 1
        if value_trying_applies(case):
            yield f"engine: unknown, though values can be tried and all say {set(possible)}"


SORTS: Final[dict[str, Callable[[Case, Tally, random.Random], Iterator[str]]]] = {
    "known": compare_known,
    "hidden": compare_hidden,
}


def open_reading(case: Case) -> bool:
    """Whether the decision may rest on a deletion by ACL, which the documents leave open."""
    evidence, complete = case["evidence"], case["evidence_is_complete"]
    may_hold_acl = evidence.get("bucket.acl", None if complete else "not known") is not None
    enforced = evidence.get("bucket.ownership", "BucketOwnerEnforced" if complete else "not known")
    deletes = any(leg["action"].lower() in DELETIONS for leg in legs_of(case))
    return deletes and may_hold_acl and enforced != "BucketOwnerEnforced"


def sort_of(case: Case) -> str:
    """What a case is about, for the tally."""
    if ":accesspoint/" in case["resource"]:
        return "through an access point"
    if "action" in case:
        return "an action"
    if case["operation"] in COPIES:
        return "copies"
    keys = [fact for fact in case["evidence"] if fact.endswith(".encryption")]
    encrypted = any("key" in (case["evidence"][fact] or {}) for fact in keys) or "SSEKMSKeyId" in case["parameters"]
    return "calls under a key" if encrypted else "other calls"


def compare(sort: str, seed: str, numbers: range) -> Tally:
    """Return what is found in these cases of a sort; each depends on the seed and its own number alone."""
    layers = (*LAYERS, *MORE_LAYERS)
    tally = Tally()
    for number in numbers:
        rng = random.Random(f"{seed} {sort} {number}")
        drafts = (random_case(rng, unknowns=sort == "hidden", layers=layers) for _ in count())
        case = next(draft for draft in drafts if not open_reading(draft))
        tally.cases += 1
        tally.asked[sort_of(case)] += 1
        try:
            found = list(SORTS[sort](case, tally, rng))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a valid case is to be told with the case
            found = [f"engine or reference failed: {error!r}"]
        where = f"WHY403_TEST_SEED={seed}, {sort} case {number}"
        tally.differences += [f"{each}\n  {where}: {json.dumps(case)}" for each in found]
    return tally


def _chunk(job: tuple[str, str, range]) -> tuple[str, Tally]:
    sort, seed, numbers = job
    return sort, compare(sort, seed, numbers)


def _jobs(cases: int, seed: str) -> Iterator[tuple[str, str, range]]:
    """Yield the pieces of a long run, half of the cases of each sort."""
    half = (cases + 1) // 2
    for start in range(0, half, CHUNK):
        for sort in SORTS:
            yield sort, seed, range(start, min(start + CHUNK, half))


def main(arguments: list[str]) -> int:
    """Decide many cases, telling how far it is; return the exit status."""
    cases, seed = int(arguments[0]), arguments[1] if len(arguments) > 1 else SEED
    say = sys.stdout.write
    say(f"{cases} cases, seed {seed}, {PROCESSES} processes\n")
    tallies = {sort: Tally() for sort in SORTS}
    began = said = time.monotonic()
    with get_context("spawn").Pool(PROCESSES) as pool:
        for sort, tally in pool.imap_unordered(_chunk, _jobs(cases, seed)):
            tallies[sort].add(tally)
            for text in tally.differences[:SHOWN]:
                say(f"{text}\n")
            now = time.monotonic()
            if now - said > 10:
                done = sum(each.cases for each in tallies.values())
                say(f"{done} cases, {done / (now - began):.0f} a second\n")
                sys.stdout.flush()
                said = now
    for sort, tally in tallies.items():
        say(f"{sort}: {tally}\n")
    return int(any(tally.differences for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
