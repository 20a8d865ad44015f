"""What the answer rests on: statements cited, what was not seen, what passed, and what AWS itself named."""

import re
from collections.abc import Iterator
from typing import Final

from why403.domain.remembered import characters, remembered_by
from why403.rendering.document import Block, Item, Line, Paragraph, code, line, listed, prose, strong
from why403.rendering.layers import named_as, title
from why403.rendering.reading import MOST, Data, blamed, part, parts, text, texts

_VALUES: Final = 5
_MET: Final = {True: "met", False: "not met", None: "not known whether met"}
_SINCE_THEN: Final = "Policies may have changed since, or AWS saw others."
_FEW: Final = 3
"""How many facts that are not known are told one by one."""
_UNREAD: Final = re.compile(r"(?:[^`]+: )?`[a-z_.]+` is not known")
_MAY_NEED: Final = re.compile(r"it is not known whether the call needs (\S+), which is denied: .*")
_DECISIONS: Final = {"allowed": " is allowed", "denied": " is denied by ", "unknown": " is not decided"}


# How a source is told, before its name and without one.
_SOURCES: Final = {
    "given": ("", ", as given"),
    "principal": ("", ", which follows from the caller"),
    "resource": ("", ", which follows from the resource"),
    "action": (", as always for ", ""),
    "operation": (", as always for ", ""),
    "parameter": (", by the parameter ", ""),
    "fact": (", by the fact ", ""),
    "not_given": ("", ", since nobody gave it"),
    "not_known": (", for want of ", ""),
}


def cited(diagnosis: Data) -> Iterator[Block]:
    """Yield where it is written that the request is refused, or that it is granted."""
    sources = blamed(diagnosis)
    if text(diagnosis, "decision") == "allowed":
        granting = set(texts(diagnosis, "granted_by"))
        sources = [each for each in parts(diagnosis, "passed") if text(each, "layer") in granting]
    citations = [citation for source in sources for citation in parts(source, "citations")]
    for citation in citations[:MOST]:
        yield Item(
            line=_where(citation), under=tuple(_condition(each) for each in parts(citation, "conditions")[:MOST])
        )
    yield from _rest(len(citations))


def _where(citation: Data) -> Line:
    """Return fact, statement, policy and pointer, as far as they are known."""
    number = citation.get("statement")
    named = tuple(text(citation, name) for name in ("fact", "sid", "policy", "arn", "pointer"))
    return _place((*named, f"{number + 1}" if isinstance(number, int) else ""))


@remembered_by(characters, most=2048)
def _place(named: tuple[str, ...]) -> Line:
    fact, sid, policy, arn, pointer, number = named
    where = line(code(fact))
    if sid:
        where = line(where, ", statement ", code(sid))
    elif number:
        where = line(where, f", statement {number}")
    if policy:
        where = line(where, " of policy ", code(policy))
    if arn:
        where = line(where, " (", code(arn), ")")
    if pointer:
        where = line(where, ", at ", code(pointer))
    return where


def _condition(condition: Data) -> Line:
    met = condition.get("met")
    return line(
        code(text(condition, "operator")),
        " on ",
        code(text(condition, "key")),
        ": expected ",
        _values(texts(condition, "expected")) or "nothing",
        ", actual ",
        "not known" if condition.get("actual") is None else _values(texts(condition, "actual")) or "absent",
        _source(part(condition, "source")),
        f" ({_MET[met if isinstance(met, bool) else None]})",
        line("; ", prose(text(condition, "remark"))) if text(condition, "remark") else (),
    )


def _source(source: Data) -> Line:
    """Return where the actual value comes from."""
    before, alone = _SOURCES.get(text(source, "form"), ("", ""))
    name = text(source, "name")
    return line(before, code(name)) if name and before else line(alone)


def _values(values: list[str]) -> Line:
    shown = listed((code(value) for value in values[:_VALUES]), "or")
    return line(shown, f", or one of {len(values) - _VALUES} more") if len(values) > _VALUES else shown


def doubts(diagnosis: Data) -> Iterator[Block]:
    """Yield what is not known, each with the permission that would read it; first whether a record was found."""
    for note in texts(part(diagnosis, "understood"), "unread")[:MOST]:
        yield Item(line=line("The text: ", prose(note), "."))
    lookup = part(diagnosis, "lookup")
    found = [*([lookup] if text(lookup, "because") else []), *parts(diagnosis, "doubts")]
    unread = [each for each in found if _UNREAD.fullmatch(text(each, "because")) and not text(each, "account")]
    if len(unread) > _FEW:
        yield _unread_together(unread)
        found = [each for each in found if each not in unread]
    needless = [each for each in found if _MAY_NEED.match(text(each, "because"))]
    if len(needless) > 1:
        yield _needed_together(needless)
        found = [each for each in found if each not in needless]
    for doubt in found[:MOST]:
        needs = text(doubt, "needs")
        account = text(doubt, "account")
        where = line(" in account ", code(account)) if account else ()
        help_ = line("; ", code(needs), where, " would let us read it") if needs else ()
        whose = line(title(text(doubt, "layer")), ": ") if text(doubt, "layer") else ()
        yield Item(line=line(whose, prose(text(doubt, "because")), help_, "."))
    yield from _rest(len(found))
    would = text(part(diagnosis, "allowed_if"), "text")
    if would:
        yield Item(line=line("This would settle it: the request is allowed ", prose(would), "."))


def _unread_together(found: list[Data]) -> Item:
    """Return the facts that nobody gave or tried to read, which mostly are many, in one entry."""
    facts = dict.fromkeys(text(each, "because").split("`")[-2] for each in found)
    needed = dict.fromkeys(text(each, "needs") for each in found if text(each, "needs"))
    help_ = line("; ", listed(map(code, needed), "and"), " would let us read them") if needed else ()
    return Item(line=line("not known: ", listed(map(code, facts), "and"), help_, "."))


def _needed_together(found: list[Data]) -> Item:
    """Return the permissions that the call may need, and would not get, in one entry."""
    actions = dict.fromkeys(_MAY_NEED.sub(r"\1", text(each, "because")) for each in found)
    needed = listed(map(code, actions), "or")
    return Item(line=line("it is not known whether the call needs ", needed, ", which would be denied."))


def left_open(diagnosis: Data) -> Iterator[Block]:
    """Yield the open points of AWS's documentation that the decision rests on."""
    found = parts(diagnosis, "low_confidence")
    for each in found[:MOST]:
        otherwise = part(each, "otherwise")
        then = _DECISIONS.get(text(otherwise, "decision"), "").removesuffix(" by ")
        read = line("; read as ", code(text(otherwise, "reading")), " the request", then) if then else ()
        yield Item(line=line(strong(text(each, "point")), ": ", prose(text(each, "because")), read, "."))
    yield from _rest(len(found))


def passed(diagnosis: Data) -> Iterator[Block]:
    """Yield the layers that let the request through."""
    found = parts(diagnosis, "passed")
    for each in found[:MOST]:
        yield _let_through((text(each, "layer"), text(each, "because")))
    yield from _rest(len(found))


@remembered_by(characters, most=2048)
def _let_through(said: tuple[str, ...]) -> Item:
    layer, because = said
    return Item(line=line(title(layer), ": ", prose(because), "."))


def compared(diagnosis: Data) -> Iterator[Block]:
    """Yield whether the layer that AWS's own message names is the one found."""
    named = text(part(diagnosis, "understood"), "aws_named")
    if not named:
        return
    found = [named_as(text(each, "layer"), text(each, "via")) for each in blamed(diagnosis)]
    policy = text(part(diagnosis, "understood"), "aws_policy_arn")
    who = line("AWS's message names the ", title(named), line(" ", code(policy)) if policy else ())
    if not found:
        yield Paragraph(line=line(who, "; this differs: we find nothing that refuses."))
    elif named in found[0] and diagnosis.get("aws_agrees") is not False:
        yield Paragraph(line=line(who, ", and this agrees with what we find first."))
    elif named in found[0]:
        yield Paragraph(line=line(who, "; this differs: what we see refuses there otherwise. ", _SINCE_THEN))
    else:
        ours = line("; this differs: we find the ", title(text(blamed(diagnosis)[0], "layer")), " first")
        both = ", and the other as well" if any(named in names for names in found) else " and nothing there"
        yield Paragraph(line=line(who, ours, both, ". ", _SINCE_THEN))


def legs(diagnosis: Data) -> Iterator[Block]:
    """Yield the permissions that one call needs, each with its own decision; nothing where none is decided."""
    found = parts(diagnosis, "legs")
    if all(text(leg, "decision") == "unknown" for leg in found):
        return
    for leg in found[:MOST]:
        decision = text(leg, "decision")
        by = line(title(text(leg, "layer"))) if decision == "denied" else ()
        outcome = line(_DECISIONS.get(decision, _DECISIONS["unknown"]), by)
        yield Item(line=line(code(text(leg, "action")), " on ", code(text(leg, "resource")), outcome, "."))
    yield from _rest(len(found))


def warnings(diagnosis: Data) -> Iterator[Block]:
    """Yield what AWS would refuse to store, and which was judged as written."""
    found = parts(diagnosis, "warnings")
    for each in found[:MOST]:
        where = code(f"{text(each, 'fact')} {text(each, 'pointer')}".strip())
        yield Item(line=line(where, ": ", prose(text(each, "message")), "."))
    yield from _rest(len(found))


def _rest(count: int) -> Iterator[Block]:
    if count > MOST:
        yield Item(line=line(f"and {count - MOST} more"))
