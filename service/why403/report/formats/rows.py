"""CloudTrail records as rows of a table: what Athena and CloudWatch Logs Insights export as CSV.

Athena writes structures as `{type=AssumedRole, principalid=..., arn=...}`, with names in lower case. AWS: "Query AWS
CloudTrail logs" (Athena); "Supported logs and discovered fields" (CloudWatch Logs Insights).
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from why403.report.formats.cloudtrail import records_of, sighting_of
from why403.report.sighting import MOST, Sighting

# What is read of a record, as CloudTrail spells it.
_MEMBERS: Final = (
    *("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent"),
    *("errorCode", "errorMessage", "requestParameters", "additionalEventData", "requestID", "resources", "eventType"),
    *("eventCategory", "vpcEndpointId", "vpcEndpointAccountId", "tlsDetails", "tlsVersion", "cipherSuite", "eventID"),
    *("userIdentity", "type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName"),
    *("identityProvider", "sessionContext", "attributes", "mfaAuthenticated", "creationDate", "sessionIssuer"),
    *("ec2RoleDelivery", "webIdFederationData", "federatedProvider", "sourceIdentity", "onBehalfOf", "userId"),
    *("clientProvidedHostHeader", "recipientAccountId", "responseElements", "readOnly", "sharedEventId", "apiVersion"),
    *("managementEvent", "serviceEventDetails", "assumedRoot", "identityStoreArn", "credentialId", "inScopeOf"),
)
_SPELT: Final = {name.lower(): name for name in _MEMBERS}
_MESSAGE: Final = "@message"
_NAME: Final = re.compile(r"[@\w.]{1,80}")
_LEAST: Final = 2
_MOST_LINES: Final = 50
_TOKEN: Final = re.compile(r"(?P<open>[{\[])|(?P<close>[}\]])|(?:(?<=\{)|,\s{1,4})(?P<name>[a-z0-9]{2,40})=")
_NULL: Final = frozenset({"null", "", "-"})
_DEEPEST: Final = 8


def records(text: str) -> Iterator[Sighting]:
    """Yield the records below a line of their members' names, separated by commas or tabs."""
    at = 0
    for line in islice(text.split("\n"), _MOST_LINES):
        separator = "\t" if "\t" in line else ","
        names = [name.strip('"').strip() for name in line.rstrip("\r").split(separator)]
        at += len(line) + 1
        if _is_header(names):
            for row in _rows(text[at:], separator, names):
                yield from (sighting_of(record, source, at) for record, source in records_of(_record(row)))
            return


def _is_header(names: list[str]) -> bool:
    if not all(map(_NAME.fullmatch, names)):
        return False
    known = {name.lower().partition(".")[0] for name in names} & _SPELT.keys()
    return _MESSAGE in names or ("eventname" in known and len(known) >= _LEAST)


def _rows(text: str, separator: str, names: list[str]) -> Iterator[dict[str, str]]:
    try:
        for row in islice(csv.reader(text.splitlines(keepends=True), delimiter=separator), MOST):
            if len(row) == len(names):
                yield dict(zip(names, row, strict=True))
    except csv.Error:  # a cell that is longer than cells are, or a quote that nothing ends
        return


def _record(row: Mapping[str, str]) -> dict[str, Any]:
    """Return what the cells of a row hold, by the names of CloudTrail's members; empty cells tell nothing."""
    told = ((name, cell.strip()) for name, cell in row.items())
    return {_spelt(name): _value(cell) for name, cell in told if cell not in _NULL}


def _spelt(path: str) -> str:
    return ".".join(_SPELT.get(part.lower(), part) for part in path.split("."))


def _value(cell: str) -> Any:
    """Return what a cell holds: JSON, a structure of Athena's, or a text."""
    if cell.startswith(("{", "[")):
        try:
            return json.loads(cell, strict=False)
        except (ValueError, RecursionError):
            return _structure(cell)
    return cell


def _structure(cell: str) -> Any:
    """Return a structure; only names of members begin one, for values may hold commas and equals signs."""
    root: dict[str, Any] = {}
    stack, name, start = [root], "", 0
    for found in _TOKEN.finditer(cell):
        if found["name"] is not None and found["name"] not in _SPELT:
            continue
        _keep(stack[-1], name, cell[start : found.start()])
        start, opened = found.end(), found["open"]
        if opened == "{" and len(stack) < _DEEPEST:
            stack.append(_opened(stack[-1], name))
            name = ""
        elif found["close"] == "}" and len(stack) > 1:
            stack.pop()
            name = ""
        elif found["name"]:
            name = _SPELT[found["name"]]
    found = root.get("", [])
    return found[0] if found and cell.startswith("{") else found


def _opened(around: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a structure begun in another; without a name of its own it is one of several."""
    inside: dict[str, Any] = {}
    if name:
        around[name] = inside
    else:
        around.setdefault("", []).append(inside)
    return inside


def _keep(inside: dict[str, Any], name: str, value: str) -> None:
    if name and name not in inside and value not in _NULL and "\n" not in value:  # what was broken is not whole
        inside[name] = value
