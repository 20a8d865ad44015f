"""The tables of cases for layers: what a layer says as text, and its words."""

from typing import Any, NamedTuple

from tests.cases import services
from why403.domain.request import AccessRequest
from why403.domain.verdict import KINDS, REACHES, Claim, Words
from why403.layer import Layer

HOME, AWAY, THIRD = "111122223333", "444455556666", "777788889999"
BUCKET = "arn:aws:s3:::reports"
OBJECT = "arn:aws:s3:::reports/q3.csv"
USER = f"arn:aws:iam::{HOME}:user/ana"
ROOT = f"arn:aws:iam::{HOME}:root"
ROLE = f"arn:aws:iam::{HOME}:role/app"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/i-0abc"
LINKED = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForX/i-0abc"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/fred"
SERVICE = "logging.s3.amazonaws.com"
ANONYMOUS = "anonymous"
NOT_KNOWN = {"unknown": True}

_TRUTHS = ("false", "unknown", "true")
_REGION = "aws:RequestedRegion"
IN_EU = {"StringEquals": {_REGION: "eu-west-1"}}


def allow(action: str | list[str] = "*", **elements: Any) -> dict[str, Any]:
    """Return an Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": "*", **elements}


def deny(action: str | list[str] = "*", **elements: Any) -> dict[str, Any]:
    """Return a Deny statement."""
    return {**allow(action, **elements), "Effect": "Deny"}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def layer(name: str) -> Layer:
    """Return a loaded layer."""
    return next(each for each in services().registry.layers if each.name == name)


def text(claim: Claim) -> str:
    """Return a claim as text, `denial: false` or `cap attached+role: unknown`."""
    reaches = "+".join(name for reach, name in REACHES.items() if reach & claim.reach)
    return f"{KINDS[claim.says]}{' ' + reaches if reaches else ''}: {_TRUTHS[claim.holds]}"


def said(name: str, asked: AccessRequest) -> set[str]:
    """Return what a layer says of a request."""
    found = [text(claim) for claim in layer(name).judge(asked, asked.evidence)]
    assert len(found) == len(set(found))
    return set(found)


class Worded(NamedTuple):
    """The words of a claim, in short."""

    because: str
    cites: tuple[str, ...] = ()
    needs: str | None = None
    status: int | None = 403
    code: str | None = "AccessDenied"


def worded(name: str, asked: AccessRequest, claim: str) -> Worded:
    """Return the words that a layer has for one of its claims, given as text."""
    found = layer(name)
    (words,) = [
        found.words(asked, asked.evidence, each) for each in found.judge(asked, asked.evidence) if text(each) == claim
    ]
    return Worded(words.because, _cited(words), words.needs, words.status, words.code)


def _cited(words: Words) -> tuple[str, ...]:
    return tuple(f"{citation.fact}{citation.pointer}" for citation in words.citations)
