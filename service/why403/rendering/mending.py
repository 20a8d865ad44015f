"""What to do: the fix with how far it can be trusted, and the one check that tells causes apart."""

from collections.abc import Iterator, Sequence
from typing import Final

from why403.domain.remembered import characters, remembered, remembered_by
from why403.rendering.document import Block, Commands, Line, Paragraph, Section, command, line, prose
from why403.rendering.reading import MOST, Data, allowed, blockers, first_cause, part, parts, settled, text, texts

APPLICABLE: Final = {
    "safe": "Safe to apply as it is.",
    "review": "Have it reviewed before it is applied.",
    "manual": "To be done by hand.",
}


def sections(diagnosis: Data) -> tuple[Section, Section]:
    """Return the fix and the check."""
    several = not allowed(diagnosis) and not settled(diagnosis) and len(parts(diagnosis, "causes")) > 1
    return (
        Section(heading="Fix, if it is the first" if several else "Fix", blocks=tuple(_fixes(diagnosis))),
        Section(heading="Check that tells them apart" if several else "Check", blocks=tuple(_check(diagnosis))),
    )


def _fixes(diagnosis: Data) -> Iterator[Block]:
    """Yield the fix of the first cause; where blockers are known, of everything that has to be cleared."""
    causes = parts(diagnosis, "causes")[:MOST]
    needed = [each for each in causes[1:] if blockers(diagnosis) and text(each, "likelihood") == "certain"]
    for cause in [*causes[:1], *needed]:
        fix = part(cause, "fix")
        if text(fix, "summary"):
            yield _fix((text(fix, "summary"), APPLICABLE.get(text(fix, "applicability"), "")))
        yield from _commands(texts(fix, "commands")[:MOST])


@remembered_by(characters, most=1024)
def _fix(said: tuple[str, ...]) -> Paragraph:
    summary, applicable = said
    return Paragraph(line=line(sentence(summary), f" {applicable}" if applicable else ()))


def _check(diagnosis: Data) -> Iterator[Block]:
    check = part(first_cause(diagnosis), "check")
    if text(check, "what"):
        yield Paragraph(line=sentence(text(check, "what")))
    yield from _commands([text(check, "command")])


@remembered(1024)
def sentence(words: str) -> Line:
    """Return a clause as a sentence; a name that comes first keeps its case."""
    if words.split(" ", 1)[0].isalpha():
        words = words[0].upper() + words[1:]
    return line(prose(words), "" if words.endswith((".", "?", "!")) else ".")


def _commands(found: Sequence[str]) -> Iterator[Block]:
    given = [each for each in found if each.strip()]
    shown = [each for each in map(command, given) if each]
    if shown:
        yield Commands(commands=tuple(shown))
    if len(shown) < len(given):
        yield Paragraph(line=line("A command too long to show stands in the JSON answer."))
