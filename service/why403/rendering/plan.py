"""A plan as it is shown: what to know first, each change with who makes it and how, its proof, and how it is undone."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from why403.rendering.chat import message
from why403.rendering.console import printed
from why403.rendering.document import (
    Block,
    Commands,
    Document,
    Item,
    Line,
    Paragraph,
    Section,
    code,
    command,
    line,
    prose,
)
from why403.rendering.mending import APPLICABLE, sentence
from why403.rendering.reading import MOST, Data, part, parts, text, texts

_TOO_LONG: Final = "A text too long to show stands in the JSON answer."
_NAMED: Final = 8
"""How many requests of one kind are named."""


def plan_markdown(plan: Data) -> str:
    """Return a plan as one chat message."""
    return message(_told(plan, ()))


def plan_terminal(plan: Data, *, colour: bool) -> str:
    """Return a plan for a terminal, where there is room for the difference that each change makes."""
    return printed(_told(plan, _differences(plan)), colour=colour)


def _told(plan: Data, beside: Sequence[Section]) -> Document:
    proof = part(plan, "proof")
    changes = parts(plan, "changes")[:MOST]
    sections = (
        Section(heading="Know first", blocks=tuple(Paragraph(line=prose(each)) for each in texts(plan, "warnings"))),
        *(
            Section(heading=_heading(number, changes), blocks=tuple(_change(each)))
            for number, each in enumerate(changes)
        ),
        Section(heading="Proof", blocks=tuple(_proof(proof))),
        Section(heading="What else would be allowed", blocks=tuple(_opened(proof))),
        *beside,
        Section(heading="How to take it back", blocks=tuple(_undo(changes))),
    )
    return Document(
        headline=prose(text(plan, "summary")) if text(plan, "summary") else line("A plan for a refusal of Amazon S3."),
        tone=text(part(proof, "after"), "decision"),
        asked=_asked(plan, proof),
        sections=tuple(section for section in sections if section.blocks),
        id=text(plan, "id"),
    )


def _asked(plan: Data, proof: Data) -> Line:
    """Return which plan it is, and what S3 answers now."""
    named = line("Plan ", code(text(plan, "id"))) if text(plan, "id") else line("A plan")
    state = line(", ", prose(text(plan, "state").replace("_", " "))) if text(plan, "state") else ()
    now = text(part(proof, "before"), "summary")
    return line(named, state, ".", line(" Now: ", prose(now)) if now else ())


def _heading(number: int, changes: Sequence[Data]) -> str:
    return f"Change {number + 1} of {len(changes)}" if len(changes) > 1 else "The change"


def _change(change: Data) -> Iterator[Block]:
    """Yield what to do, who does it and what it risks, and how it is done."""
    applicable = APPLICABLE.get(text(change, "applicability"), "")
    said = sentence(text(change, "summary") or "a change without a name")
    yield Paragraph(line=line(said, f" {applicable}" if applicable else ""))
    if text(change, "who"):
        yield Item(line=line("Who: ", prose(text(change, "who"))))
    if _where(change):
        yield Item(line=line("Where: ", _where(change)))
    if text(change, "risk"):
        yield Item(line=line("Risk: ", prose(text(change, "risk"))))
    for name, value in (*part(change, "call").items(), *part(change, "request").items()):
        sent = line("Send ", code(str(name)), " as ", code(_value(value)))
        yield Item(line=line("Send no ", code(str(name))) if value is None else sent)
    for number, each in enumerate(texts(change, "steps")[:MOST], 1):
        yield Item(line=prose(each), number=number)
    yield from _commands(texts(change, "commands"))


def _where(change: Data) -> Line:
    target, account = text(change, "target"), text(change, "account")
    at = (prose(target) if " " in target else line(code(target))) if target else ()
    return line(at, " in account " if at else "account ", code(account)) if account else at


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _proof(proof: Data) -> Iterator[Block]:
    before, after = (text(part(proof, name), "decision") for name in ("before", "after"))
    if not before or not after:
        return
    if not parts(proof, "still_denied") and before == after:
        yield Paragraph(line=line("Nothing was decided again: the call stays ", prose(after), "."))
        return
    yield Item(line=line("The call: ", prose(before), " before, ", prose(after), " after."))
    if parts(proof, "still_denied"):
        yield Item(line=line("Denied as before: ", _requests(parts(proof, "still_denied")), "."))


def _opened(proof: Data) -> Iterator[Block]:
    """Yield each request that the plan opens beside the call, and those of which nobody can tell."""
    opened, undecided = parts(proof, "newly_allowed"), parts(proof, "undecided")
    tried = parts(proof, "still_denied")
    for each in opened[:MOST]:
        asked = line(code(text(each, "action")), " on ", code(text(each, "resource")))
        yield Item(line=line(prose(text(each, "name")), ": ", asked, ", as ", code(text(each, "principal"))))
    if len(opened) > MOST:
        yield Item(line=line(f"and {len(opened) - MOST} more"))
    if undecided:
        yield Item(line=line("Nobody can tell of: ", _requests(undecided), "."))
    if not opened and not undecided and text(part(proof, "after"), "decision") == "allowed" and tried:
        yield Paragraph(line=line("None of the requests around the call that were tried."))


def _requests(found: Sequence[Data]) -> Line:
    """Return what the first requests are called, and how many more there are; several may be called alike."""
    names = list(dict.fromkeys(text(each, "name") for each in found if text(each, "name")))
    spans = [span for name in names[:_NAMED] for span in line(", ", prose(name))][1:]
    return line(tuple(spans), f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _undo(changes: Sequence[Data]) -> Iterator[Block]:
    """Yield the commands that take the plan back: the last change first."""
    yield from _commands([each for change in reversed(changes) for each in texts(change, "undo")])


def _differences(plan: Data) -> list[Section]:
    changes = parts(plan, "changes")[:MOST]
    return [
        Section(
            heading=f"Difference of {_heading(number, changes).lower()}", blocks=tuple(_commands([text(each, "diff")]))
        )
        for number, each in enumerate(changes)
    ]


def _commands(found: Sequence[str]) -> Iterator[Block]:
    """Yield each text as a block of its own, to be copied whole."""
    for each in found[:MOST]:
        if not each.strip():
            continue
        shown = command(each)
        yield Commands(commands=(shown,)) if shown else Paragraph(line=line(_TOO_LONG))
