"""What AWS's pages leave open, or say in two ways, and which way it is read; `docs/fidelity.md` tells them all.

The first reading of each point holds unless evidence names another in the fact `readings`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import Evidence, Fact, Found


class Point(NamedTuple):
    """A point that is open: what is open, as a clause, and its readings, the usual one first."""

    because: str
    readings: tuple[str, ...] = ()


EITHER, BOTH = "either", "both"
BY_OWNER, BY_BUCKET_POLICY = "object-owner", "bucket-policy"
COUNTS, ONLY_EVERYTHING = "counts", "only-everything"
MET, NOT_MET = "met", "not-met"
RESOLVED, PLAIN = "resolved", "plain"

POINTS: Final[Mapping[str, Point]] = MappingProxyType(
    {
        "U3": Point(
            "whether an identity policy must name both the access point and the bucket behind it, or one of them",
            (EITHER, BOTH),
        ),
        "U4": Point("what suffices within one account for a request through a Multi-Region Access Point"),
        "U5": Point(
            "whether the bucket's policy can allow what is done with an object that another account owns",
            (BY_OWNER, BY_BUCKET_POLICY),
        ),
        "U6": Point(
            "whether an Allow in a service control policy counts whose Resource is not `*`", (COUNTS, ONLY_EVERYTHING)
        ),
        "U7": Point("whether a negated ForAllValues is met where the key is absent", (MET, NOT_MET)),
        "U8": Point("whether a policy variable in a Bool condition stands for a value", (RESOLVED, PLAIN)),
    }
)


def _load(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must be an object from points to readings")
    faults = []
    for name, held in value.items():
        point = POINTS.get(name)
        readings = point.readings if point else ()
        if held not in readings:
            choice = " or ".join(f"`{each}`" for each in readings)
            known = ", ".join(f"`{each}`" for each, found in POINTS.items() if found.readings)
            message = (
                f"must be {choice}" if choice else f"`{name}` is no point with several readings; those are {known}"
            )
            faults.append(Fault("/" + escaped(str(name)), message))
    if faults:
        raise InvalidInput(faults)
    return value


READINGS: Final = Fact(name="readings", load=_load, assumed=True)


def reads(evidence: Evidence, point: str) -> str:
    """Return the reading of a point."""
    seen = evidence[READINGS]
    usual = POINTS[point].readings[0]
    return seen.value.get(point, usual) if isinstance(seen, Found) else usual


def other(evidence: Evidence, point: str) -> str | None:
    """Return the reading of a point that does not hold here, None for a point that is read in one way only."""
    return next((each for each in POINTS[point].readings if each != reads(evidence, point)), None)


def reading(evidence: Evidence, point: str, held: str) -> Evidence:
    """Return the same evidence with a point read otherwise."""
    seen = evidence[READINGS]
    found = {**(seen.value if isinstance(seen, Found) else {}), point: held}
    return Evidence(
        {**evidence, READINGS: Found(found)},
        of_source=evidence.of_source,
        of_keys=evidence.of_keys,
        complete=evidence.complete,
    )
