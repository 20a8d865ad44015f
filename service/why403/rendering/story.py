"""The story of a diagnosis, whatever it is shown on: one sentence, what was asked, and the sections in their order."""

from typing import Final

from why403.rendering import evidence, mending
from why403.rendering.document import CODE, Document, Line, Section, code, line, listed, prose
from why403.rendering.layers import clause, named_as, title
from why403.rendering.reading import (
    Data,
    allowed,
    blamed,
    blockers,
    elsewhere,
    first_cause,
    once,
    part,
    settled,
    text,
    texts,
    the_call,
)
from why403.rendering.reasons import why

_SINCE: Final = {
    "by_elimination": " because, by elimination, ",
    "suspected": ", most likely because ",
}
_NOT_ASKED: Final = "S3 was not asked"
_UNSEEN: Final = "; what else may stand in the way is not known."
_OF_RESOURCES: Final = frozenset({"bucket_policy", "kms"})
_PERHAPS: Final = {"possible": "possibly ", "unlikely": "perhaps "}


def told(diagnosis: Data) -> Document:
    """Return the diagnosis in words."""
    diagnosis = once(diagnosis)
    sections = (
        Section(heading="Why", blocks=tuple(why(diagnosis))),
        Section(heading="Evidence", blocks=tuple(evidence.cited(diagnosis))),
        *mending.sections(diagnosis),
        Section(heading="What we could not see", blocks=tuple(evidence.doubts(diagnosis))),
        Section(heading="What AWS's pages leave open", blocks=tuple(evidence.left_open(diagnosis))),
        Section(heading="What AWS says", blocks=tuple(evidence.compared(diagnosis))),
        Section(heading="What was checked", blocks=tuple(evidence.passed(diagnosis))),
        Section(heading="What the call needs", blocks=tuple(evidence.legs(diagnosis))),
        Section(heading="Policies AWS would not store", blocks=tuple(evidence.warnings(diagnosis))),
    )
    return Document(
        headline=headline(diagnosis),
        tone=text(diagnosis, "decision"),
        asked=_asked(diagnosis),
        sections=tuple(section for section in sections if section.blocks),
        id=text(diagnosis, "id"),
    )


def headline(diagnosis: Data) -> Line:
    """Return one sentence that a tired person understands."""
    if text(diagnosis, "certainty") == "contradicted":
        return line(
            "S3 refused ",
            _call(diagnosis),
            ", but everything we can see allows it: something changed since, or a layer we do not know decided.",
        )
    if allowed(diagnosis):
        return _allowed(diagnosis)
    found = blamed(diagnosis)
    if not found:
        return prose(text(diagnosis, "summary") or "why S3 refused this is not known.")
    return _refused(diagnosis, found[0]) if settled(diagnosis) else _open(diagnosis, found[0])


def sentence(diagnosis: Data) -> str:
    """Return that sentence as text in which names stand in backticks."""
    return "".join(f"`{each.text}`" if each.style == CODE else each.text for each in headline(once(diagnosis)))


def _call(diagnosis: Data) -> Line:
    name = the_call(diagnosis)
    return (code(name),) if name else line("the request")


def _allowed(diagnosis: Data) -> Line:
    granting = listed((title(name) for name in texts(diagnosis, "granted_by")[:5]), "and")
    return line(_call(diagnosis), " is allowed: granted by ", granting or "the rules", ", and nothing denies it.")


def _refused(diagnosis: Data, first: Data) -> Line:
    because = prose(text(first, "because"))
    if text(first, "kind") == "requirement":
        if text(first, "because").startswith(_NOT_ASKED):  # so S3 did not refuse it either
            return line(because, ".")
        if text(first_cause(diagnosis), "missing_action"):
            return line(*_answered(diagnosis), ": ", because, ".")
        return line(*_answered(diagnosis), ", and no policy is involved: ", because, ".")
    since = _SINCE.get(text(diagnosis, "certainty"), " because ")
    return line("S3 refused ", _call(diagnosis), since, _clause(diagnosis, first), _more(diagnosis), ".")


def _answered(diagnosis: Data) -> tuple[str | Line, ...]:
    status = text(diagnosis, "status")
    if status in {"", "403"}:
        return ("S3 refused ", _call(diagnosis))
    codes = line(" ", code(text(diagnosis, "code"))) if text(diagnosis, "code") else ()
    return ("S3 answers ", line(prose(status), codes), " to ", _call(diagnosis))


def _clause(diagnosis: Data, first: Data) -> Line:
    """Return who refuses what; the action is named where it is not the call itself."""
    action = text(first, "action") or text(first, "missing_action")
    plain = action in {"", the_call(diagnosis), f"s3:{the_call(diagnosis)}"}
    return clause(_refusing(first), text(first, "kind"), line("it") if plain else (code(action),))


def _refusing(first: Data) -> str:
    """Return the layer that refuses; the policy of a KMS key, which AWS calls resource-based, is told as the key."""
    via = text(first, "via")
    return via if via and via not in _OF_RESOURCES else text(first, "layer")


def _more(diagnosis: Data) -> Line:
    """Return how many layers beside the first stand in the way."""
    names = {text(each, "layer") for each in blockers(diagnosis)}
    if len(names) < 2:  # noqa: PLR2004 - the first and another
        return ()
    more = len(names) - 1
    return line(f", and {more} more {'layers' if more > 1 else 'layer'} would have to change as well")


def _open(diagnosis: Data, first: Data) -> Line:
    understood = part(diagnosis, "understood")
    if understood.get("succeeded") is True:
        return line(_call(diagnosis), " was not refused: the report tells of no error.")
    server = text(understood, "server")
    if server:
        return line(
            code(server), ", which is not AWS, refused ", _call(diagnosis), "; AWS's policies do not decide there."
        )
    likely = _PERHAPS.get(text(first, "likelihood"), "most likely ")
    if text(first, "kind") != "requirement":
        clause_ = _clause(diagnosis, first)
    else:
        clause_ = line("" if text(first, "missing_action") else "no policy but this: ", prose(text(first, "because")))
    if elsewhere(diagnosis):
        call = _call(diagnosis)
        return line(
            "Another service's action was refused, perhaps before S3 was asked: ", call, "; ", likely, clause_, "."
        )
    if _is_aws_word(diagnosis, first):
        return line("AWS says that it refused ", _call(diagnosis), " because ", clause_, _UNSEEN)
    return line("What is known does not settle why S3 refused ", _call(diagnosis), "; ", likely, clause_, ".")


def _is_aws_word(diagnosis: Data, first: Data) -> bool:
    """Return whether a cause is the very one that AWS's message names: it names one, where several may refuse."""
    understood, kind = part(diagnosis, "understood"), text(first, "kind")
    named = text(understood, "aws_named") in named_as(text(first, "layer"), text(first, "via"))
    return named and bool(kind) and text(understood, "aws_kind") == kind and text(first, "likelihood") == "likely"


def _asked(diagnosis: Data) -> Line:
    """Return what was understood: who called what on what, and where that was read."""
    understood = part(diagnosis, "understood")
    asked = line(_call(diagnosis))
    for before, name in (
        (" on ", "resource"),
        (" by ", "principal"),
        (", as reported by ", "source"),
        (", request ", "request_id"),
    ):
        value = text(understood, name)
        if value:
            asked = line(asked, before, code(value))
    others = understood.get("others_in_text")
    if isinstance(others, int) and others > 0:
        asked = line(asked, f"; {others} more in the text {'were' if others > 1 else 'was'} not looked at")
    return line(asked, ".")
