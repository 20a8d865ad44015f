"""Terraform: configuration that a real parser reads as the resource that the call writes."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.artefacts import making
from tests.artefacts.models import faults
from tests.artefacts.proposals import proposals
from tests.artefacts.reading_hcl import blocks
from tests.artefacts.samples import IDS, SAMPLES, Sample
from why403.artefacts.hcl import Encoded, block
from why403.artefacts.resources import ROWS, UNDECLARED
from why403.artefacts.terraform import terraform
from why403.domain.fix import Write

ROOT = Path(__file__).parents[2]
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
BUCKET = SAMPLES[0]


def test_there_is_a_sample_of_every_row() -> None:
    assert {(each.write.service, each.write.operation) for each in SAMPLES} == set(ROWS)
    assert not ROWS.keys() & UNDECLARED.keys()


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_a_sample_is_a_call_that_aws_takes(sample: Sample) -> None:
    assert faults(sample.write) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_a_call_is_a_resource(sample: Sample) -> None:
    read = blocks(terraform([sample.write], sample.undo))
    ((address, held),) = read["resource"].items()
    kind, _, name = address.partition(".")
    assert {kind: held} == sample.terraform
    assert IDENTIFIER.fullmatch(name)
    asked = {value for value in held.values() if isinstance(value, str) and value.startswith("var.")}
    assert {f"var.{name}" for name in read.get("variable", {})} == asked


@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.there], ids=str)
def test_what_is_there_is_taken_over_or_changed_where_it_is(sample: Sample) -> None:
    text = terraform([sample.write], sample.undo)
    assert "# In account 111122223333, Region eu-west-1.\n# It exists already: " in text
    read = blocks(text)
    (address,) = read["resource"]
    assert set(read.get("import", {})) == ({address} if "import" in text else set())
    assert ("import {" in text) != ("set this in the resource" in text)


@pytest.mark.parametrize("sample", [each for each in SAMPLES if not each.there], ids=str)
def test_nothing_is_imported_that_is_not_there(sample: Sample) -> None:
    text = terraform([sample.write], sample.undo)
    assert text.startswith('# In account 111122223333, Region eu-west-1.\nresource "')
    assert "import" not in blocks(text)


def test_every_call_that_a_layer_proposes_is_declared_or_known_not_to_be() -> None:
    made = {(write.service, write.operation) for _, step in proposals() for write in step.fix.writes}
    assert made - ROWS.keys() - UNDECLARED.keys() == set()


def test_every_call_that_code_names_is_declared_or_known_not_to_be() -> None:
    """No case need be there for it: what stands in a layer's file, or in what layers share, is found there."""
    calls = [
        [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
        for folder in ("plugins/why403_layers", "service/why403/policy")
        for path in (ROOT / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Write"
    ]
    named = {tuple(each) for each in calls if len(each) == 2}
    assert len(named) > 3
    assert named - ROWS.keys() - UNDECLARED.keys() == set()


def test_what_has_no_counterpart_has_no_text() -> None:
    hold = Write("s3", "PutObjectLegalHold", {"Bucket": "b", "Key": "k", "LegalHold": {"Status": "OFF"}}, "")
    assert terraform([hold], []) == terraform([], []) == ""


@given(making.documents)
def test_values_are_read_as_they_were_written(value: object) -> None:
    text = "\n".join(block("resource", ["a", "b"], {"policy": Encoded({"Statement": value}), "plain": "x"}))
    assert blocks(text)["resource"]["a.b"] == {"policy": {"Statement": value}, "plain": "x"}


@given(making.texts | st.text(alphabet='$%{}\\"~u0', max_size=8))
def test_a_string_is_no_template(text: str) -> None:
    written = "\n".join(block("resource", ["a", "b"], {"plain": text}))
    assert all(each.isprintable() for each in written.split("\n"))
    assert blocks(written)["resource"]["a.b"] == {"plain": text}


@settings(max_examples=40)
@given(st.lists(making.texts, min_size=1, max_size=4))
def test_identifiers_are_legal_and_unlike(names: list[str]) -> None:
    writes = [BUCKET.write._replace(parameters={**BUCKET.write.parameters, "Bucket": name}) for name in names]
    read = blocks(terraform(writes, [BUCKET.write]))["resource"]
    assert [held["bucket"] for held in read.values()] == names
    assert all(IDENTIFIER.fullmatch(address.partition(".")[2]) for address in read)


def test_an_unlike_name_is_an_unlike_identifier_in_another_change_too() -> None:
    names = {
        name: next(iter(blocks(terraform([BUCKET.write._replace(parameters={"Bucket": name})], []))["resource"]))
        for name in ("reports.eu", "reports_eu", "reports+eu", "reports")
    }
    assert len(set(names.values())) == len(names)
    assert names["reports"] == "aws_s3_bucket_policy.reports"


def test_what_rests_on_a_new_resource_comes_after_it() -> None:
    made, attach = (
        next(x.write for x in SAMPLES if x.write.operation == name) for name in ("CreatePolicy", "AttachRolePolicy")
    )
    read = blocks(terraform([made, attach], []))["resource"]
    assert [held.get("depends_on") for held in read.values()] == [None, ["aws_iam_policy.read-reports"]]


def test_two_writes_of_one_kind_ask_for_two_names() -> None:
    scp = next(each for each in SAMPLES if each.write.operation == "UpdatePolicy")
    other = scp.write._replace(parameters={**scp.write.parameters, "PolicyId": "p-other"})
    read = blocks(terraform([scp.write, other], []))
    assert set(read["variable"]) == {"p-a1b2c3d4_policy_name", "p-other_policy_name"}


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_an_access_point_is_named_in_its_partition(region: str, partition: str) -> None:
    point = next(each for each in SAMPLES if each.write.operation == "PutAccessPointPolicy")
    (held,) = blocks(terraform([point.write._replace(region=region)], point.undo))["resource"].values()
    assert held["access_point_arn"] == f"arn:{partition}:s3:{region}:111122223333:accesspoint/readers"


def test_an_access_point_somewhere_is_asked_for() -> None:
    point = next(each for each in SAMPLES if each.write.operation == "PutAccessPointPolicy")
    read = blocks(terraform([point.write._replace(region=None)], point.undo))
    assert read["resource"]["aws_s3control_access_point_policy.readers"]["access_point_arn"] in {
        f"var.{name}" for name in read["variable"]
    }
    assert read["import"]["aws_s3control_access_point_policy.readers"]["id"].startswith("var.")


def test_every_proposal_is_configuration() -> None:
    for text in dict.fromkeys(terraform(step.fix.writes, step.fix.undo) for _, step in proposals()):
        blocks(text)
