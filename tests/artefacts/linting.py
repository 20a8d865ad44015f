"""cfn-lint: a reader of templates, and with its schemas of IAM's policies a judge of documents that is none of ours."""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from cfnlint.api import lint
from cfnlint.config import ManualArgs

MOST: Final = 100
"""How many resources are looked at together: reading the rules takes longer than applying them."""

# Where each kind of policy stands in a template.
_PLACES: Final = {
    "identity": ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}),
    "bucket": ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "a-bucket"}),
    "express": ("AWS::S3Express::BucketPolicy", "PolicyDocument", {"Bucket": "a-bucket--use1-az4--x-s3"}),
    "key": ("AWS::KMS::Key", "KeyPolicy", {}),
}
_TWICE: Final = "E3019"


def faults(template: str) -> list[tuple[str, str]]:
    """Return what cfn-lint says of a template: where, and what, with the rule.

    That two resources are one thing is not said: templates are looked at together that are no whole.
    """
    found = lint(template, config=ManualArgs(regions=["eu-west-1"]))
    return [
        ("/".join(map(str, each.path or ())), f"{each.rule.id} {each.message}")
        for each in found
        if each.rule.id != _TWICE
    ]


def faults_of_policies(documents: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[Mapping[str, Any], str]]:
    """Return the policies that cfn-lint finds fault with, of those given with their kind, each with the fault."""
    waiting = iter(documents)
    found = []
    while some := list(islice(waiting, MOST)):
        resources = {f"P{number}": _placed(*each) for number, each in enumerate(some)}
        for place, fault in faults(json.dumps({"Resources": resources})):
            found.append((some[int(place.split("/")[1].removeprefix("P"))][1], fault))
    return found


def _placed(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    place, member, beside = _PLACES[kind]
    return {"Type": place, "Properties": {**beside, member: document}}
