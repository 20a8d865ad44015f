"""AWS's own word as evidence: an answer that names its cause decides, a message that names a layer is compared."""

from typing import Any

from why403.causes.meaning import Meaning
from why403.causes.situation import Situation
from why403.report import Report


def aws_word(answer: dict[str, Any], report: Report, situation: Situation) -> dict[str, Any]:
    """Return the decision with what AWS itself said: codes and texts that no policy produced are what they say."""
    meaning = situation.meaning
    named = report.aws_named
    if meaning is not None:
        return _said(answer, situation, meaning, report.code or "AccessDenied")
    if named is not None and answer["layer"] is not None:
        answer["aws_agrees"] = (
            _same(named.layer, answer["layer"])
            and named.kind in {None, answer["kind"]}
            and _cites(answer, named.policy_arn)
        )
    return answer


_RESOURCE_BASED = frozenset({"bucket_policy", "access_point", "block_public_access", "acl"})


def _same(named: str, decided: str) -> bool:
    """Return whether two names can mean one refusal: AWS calls several things a resource-based policy."""
    return named == decided or (named == "bucket_policy" and decided in _RESOURCE_BASED)


def _cites(answer: dict[str, Any], policy_arn: str | None) -> bool:
    """Return whether the policy that AWS names is among those that refuse, as far as their ARNs are known."""
    denials = (each for each in answer["blockers"] if (each["layer"], each["kind"]) == (answer["layer"], "explicit"))
    cited = {citation["arn"] for each in denials for citation in each["citations"]}
    return policy_arn is None or None in cited or policy_arn in cited or not cited


def _said(answer: dict[str, Any], situation: Situation, meaning: Meaning, code: str) -> dict[str, Any]:
    blocker: dict[str, Any] = {
        "layer": meaning.layer,
        "kind": meaning.kind,
        "action": situation.action,
        "resource": situation.resource,
        "because": meaning.because,
        "citations": [],
    }
    told = "Refused by S3 itself, and by no policy" if meaning.status is not None else "Not sent to S3 at all"
    answer.pop("low_confidence", None)  # what S3 says itself rests on no page of AWS
    return {
        **answer,
        "decision": "denied",
        "kind": meaning.kind,
        "layer": meaning.layer,
        "certainty": "proven",
        "status": meaning.status,
        "code": None if meaning.status is None else code,
        "summary": f"{told}: {meaning.because}.",
        "blockers": [blocker],
        "doubts": [],
    }
