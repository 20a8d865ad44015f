"""The workload as refusals to be explained: each request with the evidence, and with what boto3 would have printed."""

from typing import Any, Final

from tests.bench.workload import Outcome, body, expected

SINGLES: Final = 300
_OPERATIONS: Final = {"s3:ListBucket": "ListObjectsV2"}
_REASONS: Final = {
    "explicit": "with an explicit deny in an identity-based policy",
    "implicit": "because no identity-based policy allows the {action} action",
}


def asked() -> list[dict[str, Any]]:
    """Return bodies of a /diagnose that hold the request and the evidence, and no text."""
    shared = {"evidence": body()["evidence"], "evidence_is_complete": True}
    # As /simulate and the reference take requests: what a report leaves open is not absent.
    return [{"request": {**request, "context_is_complete": True}, **shared} for request in body()["requests"][:SINGLES]]


def pasted() -> list[dict[str, Any]]:
    """Return the same bodies with the refusal that was printed; what the evidence allows is refused all the same."""
    return [
        {"error": _printed(each["request"], outcome), **each}
        for each, outcome in zip(asked(), expected(), strict=False)
    ]


def _printed(request: dict[str, Any], outcome: Outcome) -> str:
    action = request["action"]
    operation = _OPERATIONS.get(action, action.removeprefix("s3:"))
    reason = _REASONS[outcome[1] or "implicit"].format(action=action)
    return (
        "Traceback (most recent call last):\n"
        '  File "/srv/job/run.py", line 41, in <module>\n'
        "    main()\n"
        f"botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the {operation} operation: "
        f"User: {request['principal']} is not authorized to perform: {action} on resource: "
        f'"{request["resource"]}" {reason}\n'
    )
