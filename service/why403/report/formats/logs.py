"""Programs that keep logs, metrics and backups in S3, and name in their own logs the call that failed.

Fluent Bit: "Amazon S3" (output); Velero: "Troubleshooting"; Grafana Tempo and Loki.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.names import operation_of
from why403.report.sighting import MOST, Sighting, fields

_ANSWERED: Final = re.compile(
    r"\b(?P<operation>[A-Z]\w{3,60}) API responded with error='(?P<code>\w{3,60})'"
    r"(?:, message='(?P<message>[^'\n]{1,1000}))?"
)
_RAW: Final = re.compile(r"\bRaw (?P<operation>[A-Z]\w{3,60}) response: ")
_UNEXPECTED: Final = re.compile(
    r"unexpected error from (?P<operation>[A-Z]\w{3,60}) on (?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]): "
)
_DOING: Final = (
    (re.compile(r"Error listing backups in backup store"), "ListObjectsV2"),
    (re.compile(r"\bstore put chunk: "), "PutObject"),
)
WORDS: Final[tuple[str, ...]] = (" API responded", "Raw ", "backup store", "unexpected error from", "put chunk")


def calls(text: str) -> Iterator[Sighting]:
    """Yield the errors that name the operation, and the words that tell which one a line is about."""
    for found in islice(_ANSWERED.finditer(text), MOST):
        told = fields(operation=operation_of(found["operation"]), code=found["code"], message=found["message"])
        yield Sighting(start=found.start(), source="text", told=told)
    for found in (*islice(_RAW.finditer(text), MOST), *islice(_UNEXPECTED.finditer(text), MOST)):
        told = fields(operation=operation_of(found["operation"]), bucket=found.groupdict().get("bucket"))
        yield Sighting(start=found.start(), source="text", told=told, is_error=False)
    for words, operation in _DOING:
        for found in islice(words.finditer(text), MOST):
            yield Sighting(start=found.start(), source="text", told=fields(operation=operation), is_error=False)
