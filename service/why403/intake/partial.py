"""A request as far as a report and its hints tell it: what is missing is stood in for, and said."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from why403.domain.actions import find, is_of_other_service
from why403.domain.arn import resource
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Found, Observation
from why403.domain.operations import PARAMETER_OF, check_place, operation_named
from why403.domain.principal import SOMEBODY, Principal, somebody_of
from why403.domain.truth import UNKNOWN
from why403.intake.hinted import PLACE, place
from why403.intake.received import Now
from why403.intake.request import Asked, asked_for
from why403.report import Report

_REGION: Final = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")
_REQUESTED: Final = "aws:RequestedRegion"
_ACCOUNT: Final = "aws:principalaccount"
_UNKNOWN: Final = "unknown"
_WHICH_OBJECT: Final = "which object it was about"
_WITH_ADDRESS: Final = frozenset({"curl", "presigned-url", "access-log"})
_BESIDE: Final = frozenset({"evidence", "evidence_is_complete"})


class Partial(NamedTuple):
    """The members that are known, the request they make if they suffice, and what is not known, in words.

    `of_text`: it was read, and not hinted, to which Region the call went.
    """

    request: Mapping[str, Any]
    asked: Asked | None
    missing: str | None
    of_text: bool = False

    def answered_in(self, region: Observation[str] | None) -> "Partial":
        """Return the same for a bucket that is in a Region, if that is known.

        A text tells where a client was told to send its call; where the bucket is elsewhere, clients follow S3 there,
        and the refusal is from there.
        """
        context = self.request.get("context", {})
        if not self.of_text or self.asked is None or not isinstance(region, Found):
            return self
        if context.get(_REQUESTED) in {None, region.value}:
            return self
        request = {**self.request, "context": {name: held for name, held in context.items() if name != _REQUESTED}}
        given = {name: held for name, held in self.asked.context.items() if name != _REQUESTED.lower()}
        return self._replace(request=request, asked=replace(self.asked, context=given))


def partial(report: Report, hints: Mapping[str, Any], now: Now | None = None) -> Partial:
    """Return what is known of the request; raise InvalidInput for hints that cannot be, pointers below `/request`.

    `now` holds where neither says when it was made.
    """
    request = _merged(report, hints)
    while True:
        try:
            known = _partial(request, now)
            if known.asked is None and is_of_other_service(report.action):
                known = known._replace(
                    missing=f"what S3 would answer: the action refused is another service's, {report.action}"
                )
            if report.server is not None:
                known = known._replace(asked=None, missing=f"what {report.server} answers by: it is not AWS")
            return known._replace(of_text=not _names(hints.get("context"), _REQUESTED))
        except InvalidInput as error:
            read = [fault for fault in error.faults if not _hinted(fault.pointer, hints)]
            if not read:
                raise error.below("/request") from error
            for fault in read:
                _forget(request, fault.pointer)


def sent_otherwise(request: Mapping[str, Any], now: Now | None = None) -> Partial:
    """Return what is known of a request that is known already but for what its caller now sends otherwise.

    Raises InvalidInput, pointers from the request.
    """
    return _partial(request, now)


def _partial(request: Mapping[str, Any], now: Now | None) -> Partial:
    if "operation" not in request and "action" not in request:
        asked_for(
            {**_placed({**request, "action": "s3:GetObject"})[0]}, SOMEBODY, UNKNOWN
        )  # what is there must be right
        return Partial(request=request, asked=None, missing="which call was made")
    whole, missing = _placed(request)
    asked = asked_for(whole, _somebody(whole), UNKNOWN, now)
    if asked.call is not None:
        check_place(
            operation_named(asked.call.operation, asked.resource.arn, asked.call.parameters), asked.resource.arn
        )
    return Partial(request=request, asked=asked, missing=missing)


def _somebody(request: Mapping[str, Any]) -> Principal:
    """Return who calls where nobody is named: somebody, of the account that the context tells."""
    context, about = request.get("context"), resource(str(request.get("resource")))
    told = [held for key, held in context.items() if key.lower() == _ACCOUNT] if isinstance(context, dict) else []
    return somebody_of(str(told[0]), about.partition if about else "aws") if told else SOMEBODY


def _names(context: object, key: str) -> bool:
    return isinstance(context, dict) and key.lower() in {str(name).lower() for name in context}


def _hinted(pointer: str, hints: Mapping[str, Any]) -> bool:
    """Return whether a fault is in what the caller wrote; else it is in what was read, and is not known then."""
    _, member, *inside = pointer.split("/")
    held = hints.get(member)
    if isinstance(held, dict) and inside:
        return inside[0].replace("~1", "/").replace("~0", "~").lower() in {name.lower() for name in held}
    return held is not None or not pointer.strip("/")


def _forget(request: dict[str, Any], pointer: str) -> None:
    _, member, *inside = pointer.split("/")
    held = request.get(member)
    key = inside[0].replace("~1", "/").replace("~0", "~") if inside else None
    if isinstance(held, dict) and key in held:
        del held[key]
    elif member in PLACE:
        for name in PLACE:
            request.pop(name, None)
    elif request.pop(member, None) is None:
        request.clear()


def _merged(report: Report, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the hints over the report; what is null in both is not there."""
    found = {
        "principal": None if report.presigned and report.principal == "anonymous" else report.principal,
        "operation": _operation(report),
        "presigned": dict(report.presigned) if report.presigned else None,
        "time": report.time or report.server_time,
    }
    if found["operation"] is None and report.action and report.action.lower().startswith("s3:"):
        found["action"] = report.action
    hinted = {name: held for name, held in hints.items() if name not in _BESIDE}
    if hinted.get("operation") or hinted.get("action"):
        found = {name: held for name, held in found.items() if name not in {"operation", "action"}}
    read = {**_where(report), **report.context}
    context, parameters = _both(read, hinted, "context"), _both(report.parameters, hinted, "parameters")
    complete = hinted.get("context_is_complete", False)
    if found.get("operation") is not None or hinted.get("operation") is not None:
        _told_by_keys(context, parameters, complete=complete is True)
    if found.get("operation") and _tells_version(report):
        parameters.setdefault("VersionId", None)
    called = {name: held for name, held in hinted.items() if name not in PLACE}
    merged = {**found, **called, **place(report, hinted), "context": context, "context_is_complete": complete}
    if merged.get("operation") is not None:
        merged["parameters"] = parameters
    else:
        merged.pop("presigned", None)
        merged.pop("parameters", None)
    return {name: held for name, held in merged.items() if held is not None}


def _where(report: Report) -> dict[str, Any]:
    """Return the key that the Region fills to which the request went, as a command, a host or a log tells it.

    Where S3 says that the bucket is elsewhere, clients send the request there anew, and the text does not say which it
    shows. AWS: "AWS global condition context keys" (`aws:RequestedRegion`).
    """
    if report.region is None or not _REGION.fullmatch(report.region):
        return {}
    return {_REQUESTED: report.region} if report.bucket_region in {None, report.region} else {}


def _tells_version(report: Report) -> bool:
    """Return whether a version would be told: by the action, as one needs another, or by the address of the call."""
    return report.source in _WITH_ADDRESS or (report.action is not None and "Version" not in report.action)


def _operation(report: Report) -> str | None:
    """Return the operation if it is one of S3's: other services' calls are in such texts, too."""
    try:
        return operation_named(report.operation, report.resource or "", {}).name if report.operation else None
    except InvalidInput:
        return None


def _both(read: Mapping[str, Any], hinted: Mapping[str, Any], name: str) -> dict[str, Any]:
    held = hinted.get(name)
    if not isinstance(held, dict | None):
        raise InvalidInput.at(f"/request/{name}", "must be an object")
    lower = {key.lower() for key in held or {}}
    return {**{key: value for key, value in read.items() if key.lower() not in lower}, **(held or {})}


def _told_by_keys(context: Mapping[str, Any], parameters: dict[str, Any], *, complete: bool) -> None:
    """Take a parameter from the condition key it fills: a known key tells what was sent, or that it was not."""
    given = {key.lower(): value for key, value in context.items()}
    unsent = dict.fromkeys(key for key in PARAMETER_OF if key not in given) if complete else {}
    for key, value in {**unsent, **given}.items():
        name = PARAMETER_OF.get(key)
        if name is not None and name not in parameters and "." not in name:
            parameters[name] = value[0] if isinstance(value, list) and value else value


def _placed(request: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return the request with something to stand in for a resource that is not known, and what is not known."""
    whole = dict(request)
    kind = _kind(request)
    nowhere = "resource" not in whole and "bucket" not in whole
    if nowhere and kind == "account":
        return {**whole, "resource": "*"}, None
    if nowhere:
        whole["bucket"] = _UNKNOWN
        if kind == "object":
            whole["key"] = _UNKNOWN
        return whole, "which bucket or object it was about"
    if "resource" in whole:
        return _fitting(whole, kind)
    if kind == "object" and "key" not in whole:
        return {**whole, "key": _UNKNOWN}, _WHICH_OBJECT
    if kind in {"bucket", "keys"}:
        whole.pop("key", None)
    return whole, None


def _fitting(whole: dict[str, Any], kind: str) -> tuple[dict[str, Any], str | None]:
    """Return the request with a resource that fits the operation: texts name a bucket for an object, or the reverse."""
    found = resource(whole["resource"]) if isinstance(whole["resource"], str) else None
    if found is None or found.bucket is None:
        return whole, None
    if kind == "object" and not found.key:
        return {**whole, "resource": f"{found.bucket_arn}/{_UNKNOWN}"}, _WHICH_OBJECT
    if kind in {"bucket", "keys"} and found.key is not None:
        return {**whole, "resource": found.bucket_arn}, None
    return whole, None


def _kind(request: Mapping[str, Any]) -> str:
    operation = request.get("operation")
    if not isinstance(operation, str):
        action = find(str(request.get("action", "")))
        if action is None or {"bucket", "object"} <= set(action.resources):
            return "object" if "key" in request else "any"
        return action.resource
    return operation_named(operation, str(request.get("resource", "")), {}).kind
