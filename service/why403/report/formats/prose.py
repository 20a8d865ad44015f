"""What is left when no format fits: a code, a sentence of S3, or a status somewhere in a text."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.answers import STATUS, is_sentence
from why403.report.passage import message_after
from why403.report.sighting import MOST, Sighting, fields

_CODE: Final = re.compile(
    r"\b(?P<code>"
    + "|".join(sorted(map(re.escape, STATUS), key=len, reverse=True))
    + r")\b(?:[\"')]?:\s{0,3}(?P<message>\S))?"
)
_WORDS: Final = re.compile(r"\b(?:[Aa]ccess [Dd]enied|ACCESS DENIED)\b")
_SENTENCE: Final = re.compile(r"""(?:[^\n"'<>]|(?<=\w)'(?=\w)){1,300}""")
_THROWN: Final = re.compile(r"\s{0,80}[\w.$]{1,100}(?:Error|Exception):\s")
_MOST_LINES: Final = 200
_STATUS: Final = re.compile(
    r"\b(?P<status>403)\b[ :-]{0,4}\(?Forbidden"
    r"|\b(?:HTTP|http|[Ss]tatus(?: ?[Cc]ode)?|[Cc]ode|[Ee]rror|returned|response)[\"']?[ :=(]{1,4}(?P<other>403)\b"
    r"|\((?P<third>403)\)"
)
_BUCKET: Final = re.compile(
    r"""\b(?:S3 )?[Bb]ucket:? ["'`(]?(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])["'`)](?=[\s,.:;]|$)"""
)


def words(text: str) -> Iterator[Sighting]:
    """Yield what any text says of a refusal: the last resort, asked only where no reader saw an error."""
    for found in islice(_CODE.finditer(text), MOST):
        message = message_after(text, found.start("message")) if found["message"] else None
        yield Sighting(start=found.start(), source="text", told=fields(code=found["code"], message=message))
    for line in islice(_SENTENCE.finditer(text), _MOST_LINES):
        thrown = _THROWN.match(line[0])
        said = line[0][thrown.end() :] if thrown else line[0]
        if is_sentence(said):
            yield Sighting(start=line.start(), source="text", told=fields(message=said.strip()))
    for found in islice(_STATUS.finditer(text), MOST):
        yield Sighting(start=found.start(), source="text", told=fields(status=403))
    for found in islice(_WORDS.finditer(text), MOST):
        sentence = _SENTENCE.match(text, found.start())
        told = fields(code="AccessDenied", message=sentence[0].strip() if sentence else None)
        yield Sighting(start=found.start(), source="text", told=told)


def buckets(text: str) -> Iterator[Sighting]:
    """Yield buckets that a sentence names in quotes."""
    for found in islice(_BUCKET.finditer(text), MOST):
        yield Sighting(start=found.start(), source="text", told=fields(bucket=found["bucket"]), is_error=False)
