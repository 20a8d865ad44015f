"""Hints laid over a report: where the call was made, and what the report says no longer once a hint says otherwise."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from why403.domain.actions import find
from why403.domain.arn import Resource, resource
from why403.domain.errors import InvalidInput
from why403.domain.request import AccessRequest
from why403.report import Report

PLACE: Final = ("resource", "bucket", "key")


def place(report: Report, hinted: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the call was made, as members of a request: what is hinted, and the rest as it was read.

    A bucket or a key that is hinted alone goes with the key or the bucket that was read. Raises InvalidInput for a key
    that is none, with its pointer in the body.
    """
    given = {name: hinted[name] for name in PLACE if hinted.get(name) is not None}
    if not isinstance(given.get("key", "any"), str) or given.get("key") == "":
        raise InvalidInput.at("/request/key", "must be a string that is not empty")
    if "resource" in given or {"bucket", "key"} <= given.keys():
        return given
    read = resource(report.resource) if report.resource else None
    if "bucket" in given:
        key = report.key if read is None else read.key
        return given if key is None else {**given, "key": key}
    within = None if read is None else _within(read)
    if within is not None and "key" in given:
        return {"resource": within + given["key"]}
    if read is not None and not given:
        return {"resource": report.resource}
    bucket = report.bucket if read is None else read.bucket
    if bucket is None:
        return given
    return {"bucket": bucket, **({} if report.key is None else {"key": report.key}), **given}


def _within(found: Resource) -> str | None:
    """Return what the ARNs of objects begin with that are where a resource is."""
    if found.access_point is not None:
        return f"{found.access_point}/object/"
    return None if found.bucket is None else f"{found.bucket_arn}/"


def without_replaced(report: Report, hints: Mapping[str, Any], requests: Collection[AccessRequest]) -> Report:
    """Return a report without the call and the place that hints replaced; `requests` are what was surely asked for.

    The action that a text names stays where what is hinted needs it, or where S3 asked another service for it.
    """
    if not requests or not any(hints.get(name) for name in ("operation", "action", *PLACE)):
        return report
    named, actions = report.aws_named, {each.action for each in requests}
    beside = report.action is not None and find(report.action) is None
    if hints.get("action") or (_other_operation(report, hints) and not beside):
        stays = report.action in actions
        report = replace(report, operation=None, action=report.action if stays else None, foreign=None)
        beside = False
    places = {
        arn for each in requests for arn in (each.resource.arn, each.resource.bucket and each.resource.bucket_arn)
    }
    if named is not None and named.resource is not None and not beside and named.resource not in places:
        report = replace(report, aws_named=replace(named, resource=None))
    if any(hints.get(name) is not None for name in PLACE) and report.resource not in places:
        report = replace(report, resource=None)
    return report


def _other_operation(report: Report, hints: Mapping[str, Any]) -> bool:
    hinted = hints.get("operation")
    return hinted is not None and report.operation is not None and hinted.lower() != report.operation.lower()
