"""Why: what stands in the way, or the causes that remain, or who granted."""

from collections.abc import Iterator
from typing import Final

from why403.rendering.document import Block, Item, Line, Paragraph, code, line, prose, strong
from why403.rendering.layers import title
from why403.rendering.reading import (
    MOST,
    Data,
    allowed,
    blamed,
    blockers,
    first_cause,
    part,
    parts,
    settled,
    text,
    texts,
    the_call,
)

KINDS: Final = {"explicit": " (explicit deny)", "implicit": " (no allow)", "requirement": " (no policy)"}
LIKELIHOODS: Final = {"certain", "likely", "possible", "unlikely"}
CERTAINTIES: Final = {
    "proven": "Proven: this holds whatever else is not known.",
    "by_elimination": "By elimination: everything else is known to hold, as far as our model of S3 is complete.",
    "suspected": "Suspected: what is not known could change it.",
    "contradicted": "Contradicted: AWS refused what all we can see allows.",
}


def why(diagnosis: Data) -> Iterator[Block]:
    """Yield the reasons, most important first, and how certain they are."""
    found = blamed(diagnosis)
    if found:
        yield from _blocking(diagnosis, found[:MOST]) if settled(diagnosis) else _ranked(found[:MOST])
    elif allowed(diagnosis):
        yield from _granting(diagnosis)
    elif text(diagnosis, "summary"):
        yield Paragraph(line=prose(text(diagnosis, "summary")))
    if len(found) > MOST:
        yield Item(line=line(f"and {len(found) - MOST} more"))
    certainty = CERTAINTIES.get(text(diagnosis, "certainty"))
    if certainty:
        yield Paragraph(line=line(certainty))
    if diagnosis.get("partial") is True:
        yield Paragraph(line=line("Only some of the keys are refused; the others go through."))


def reason(each: Data) -> Line:
    """Return layer, kind, what it is about, and why."""
    via, layer = text(each, "via"), text(each, "layer")
    spoken = line(" by its ", title(via)) if via and via != layer else ()
    return line(title(layer), spoken, _kind(each), ": ", prose(text(each, "because")), ".")


def _kind(each: Data) -> str:
    """Return what kind of reason it is; a permission that would change it is a matter of policy after all."""
    kind = text(each, "kind")
    return "" if kind == "requirement" and text(each, "missing_action") else KINDS.get(kind, "")


def _blocking(diagnosis: Data, found: list[Data]) -> Iterator[Block]:
    cause = first_cause(diagnosis)
    first = {"missing_action": cause.get("missing_action"), **found[0]}
    yield Paragraph(line=reason(first))
    yield from _about(diagnosis, text(first, "action"), text(first, "resource"))
    if text(first, "kind") == "requirement" and not text(first, "missing_action"):
        yield Paragraph(line=line("No policy is involved, and changing one will not help."))
    for other in found[1:]:
        before = "also in the way: " if blockers(diagnosis) else "if not that: "
        yield Item(line=line(before, reason(other)))


def _about(diagnosis: Data, action: str, resource: str) -> Iterator[Block]:
    """Yield the action and its resource where they are not the call's own."""
    same = action == f"s3:{the_call(diagnosis)}" and resource == text(part(diagnosis, "understood"), "resource")
    if action and resource and not same:
        yield Paragraph(line=line("It is about ", code(action), " on ", code(resource), "."))


def _ranked(causes: list[Data]) -> Iterator[Block]:
    for number, cause in enumerate(causes, 1):
        likelihood = text(cause, "likelihood")
        rank = line(strong(likelihood), ", ") if likelihood in LIKELIHOODS else ()
        missing = "" if text(cause, "kind") == "explicit" else text(cause, "missing_action")
        under = (line("missing: ", code(missing)),) if missing else ()
        yield Item(line=line(rank, reason(cause)), under=under, number=number)


def _granting(diagnosis: Data) -> Iterator[Block]:
    names = set(texts(diagnosis, "granted_by"))
    granting = [each for each in parts(diagnosis, "passed") if text(each, "layer") in names][:MOST]
    for each in granting:
        yield Item(line=line(title(text(each, "layer")), " grants it: ", prose(text(each, "because")), "."))
    if not granting and text(diagnosis, "summary"):
        yield Paragraph(line=prose(text(diagnosis, "summary")))
