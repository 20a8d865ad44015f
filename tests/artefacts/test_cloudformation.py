"""CloudFormation: templates that cfn-lint accepts, with the resource that the call writes."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.artefacts.linting import MOST, faults
from tests.artefacts.proposals import proposals
from tests.artefacts.samples import IDS, SAMPLES, Sample
from why403.artefacts.cloudformation import cloudformation
from why403.domain.fix import Write

BUCKET = SAMPLES[0]
SHORT = "is shorter than"  # the cases call an access point `ap`
DOCUMENT = re.compile(r"/Properties/(PolicyDocument|Policy|KeyPolicy|Content|InlinePolicy)/")


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def sample(operation: str) -> Sample:
    return next(each for each in SAMPLES if each.write.operation == operation)


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_a_call_is_a_resource(sample: Sample) -> None:
    text = cloudformation([sample.write], sample.undo)
    if sample.cloudformation is None:
        assert text == ""
        return
    ((name, held),) = read(text)["Resources"].items()
    assert {held["Type"]: held["Properties"]} == sample.cloudformation
    assert name.isalnum()


def test_cfn_lint_accepts_every_sample() -> None:
    for there in (True, False):
        template = cloudformation([each.write for each in SAMPLES], [each.write for each in SAMPLES if there])
        assert len(read(template)["Resources"]) > len({kind for each in SAMPLES for kind in each.cloudformation or ()})
        assert faults(template) == []


def test_cfn_lint_would_object() -> None:
    assert faults(cloudformation([BUCKET.write._replace(parameters={"Bucket": "b"})], [])) != []


def test_cfn_lint_accepts_every_proposal() -> None:
    texts = dict.fromkeys(cloudformation(step.fix.writes, step.fix.undo) for _, step in proposals())
    templates = [read(text) for text in texts if text]
    for first in range(0, len(templates), MOST):
        found = faults(json.dumps(together(templates[first : first + MOST])))
        # What it says inside documents is asked elsewhere, and of the old ones in them not at all.
        assert [each for each in found if not DOCUMENT.search(each[0]) and SHORT not in each[1]] == []


def together(templates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return templates as one, in which all names are others."""
    whole: dict[str, Any] = {"Parameters": {}, "Resources": {}}
    for number, template in enumerate(templates):
        text = json.dumps(template)
        for name in (*template.get("Parameters", ()), *template["Resources"]):
            text = text.replace(f'"{name}"', f'"N{number}{name}"')
        whole["Parameters"] |= read(text).get("Parameters", {})
        whole["Resources"] |= read(text)["Resources"]
    return whole


@pytest.mark.parametrize(
    "operation", ["PutBucketPolicy", "CreatePolicyVersion", "PutKeyPolicy", "PutPublicAccessBlock"]
)
def test_what_is_there_is_kept_and_told_by_its_identifier(operation: str) -> None:
    found = sample(operation)
    template = read(cloudformation([found.write], found.undo))
    (held,) = template["Resources"].values()
    assert held["DeletionPolicy"] == held["UpdateReplacePolicy"] == "Retain"
    assert held["Metadata"]["Identifier"]
    assert "import it" in template["Description"]


@pytest.mark.parametrize("operation", ["CreatePolicy", "PutBucketPolicy"])
def test_what_is_new_is_made(operation: str) -> None:
    template = read(cloudformation([sample(operation).write], []))
    (held,) = template["Resources"].values()
    assert set(held) == {"Type", "Properties"}
    assert "Description" not in template


def test_properties_of_one_bucket_are_one_resource() -> None:
    both = [sample("PutPublicAccessBlock").write, sample("PutBucketOwnershipControls").write]
    (held,) = read(cloudformation(both, []))["Resources"].values()
    assert set(held["Properties"]) == {"BucketName", "PublicAccessBlockConfiguration", "OwnershipControls"}


def test_a_new_policy_is_attached_where_it_is_made() -> None:
    made, attach = sample("CreatePolicy").write, sample("AttachRolePolicy").write
    (held,) = read(cloudformation([made, attach], []))["Resources"].values()
    assert held["Properties"] == {
        **(sample("CreatePolicy").cloudformation or {})["AWS::IAM::ManagedPolicy"],
        "Roles": ["app"],
    }
    assert faults(cloudformation([made, attach], [])) == []
    assert cloudformation([attach], []) == ""


def test_names_are_unlike_where_things_are() -> None:
    calls = [
        BUCKET.write._replace(parameters={**BUCKET.write.parameters, "Bucket": name}) for name in ("a.b", "ab", "a-b")
    ]
    template = read(cloudformation(calls, calls))
    assert [each["Properties"]["Bucket"] for each in template["Resources"].values()] == ["a.b", "ab", "a-b"]


def test_two_policies_ask_for_two_names() -> None:
    scp = sample("UpdatePolicy").write
    other = scp._replace(parameters={**scp.parameters, "PolicyId": "p-other"})
    template = read(cloudformation([scp, other], []))
    names = [each["Properties"]["Name"]["Ref"] for each in template["Resources"].values()]
    assert sorted(names) == sorted(template["Parameters"])
    assert len(set(names)) == 2


def test_what_has_no_counterpart_has_no_template() -> None:
    restore = Write("s3", "RestoreObject", {"Bucket": "b", "Key": "k", "RestoreRequest": {"Days": 1}}, "")
    assert cloudformation([restore], []) == cloudformation([], []) == ""
