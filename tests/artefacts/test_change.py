"""A change as answers show it: what it was and will be, the difference, and every way to make it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.artefacts import making
from tests.artefacts.proposals import proposals
from tests.artefacts.samples import ACCOUNT, SAMPLES
from why403.artefacts import shown
from why403.artefacts.difference import difference
from why403.domain.fix import Applicability, Edit, Fix, Write
from why403.planning.draft import Step

PUT = SAMPLES[0].write
DELETE = Write("s3", "DeleteBucketPolicy", {"Bucket": "reports"}, "s3:DeleteBucketPolicy", ACCOUNT)
POLICY = PUT.parameters["Policy"]


def step(*edits: Edit, **members: Any) -> Step:
    about = {"summary": "allow it", "who": "the owner", "risk": "none", "applicability": Applicability.SAFE}
    return Step("bucket_policy", Fix(**{**about, **members}, edits=edits))


def patched(old: str, diff: str) -> str:
    """Return a text with a unified difference applied to it, which must fit."""
    lines, at, made = old.split("\n") if old else [], 0, list[str]()
    for line in diff.split("\n")[2:]:
        if hunk := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            made += lines[at:start]
            at = start
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert lines[at] == line[1:]
            at += 1
            made += [line[1:]] if line.startswith(" ") else []
    return "\n".join([*made, *lines[at:]])


def test_a_new_policy_is_shown_in_every_form() -> None:
    change = shown(
        step(Edit("bucket.policy", None, POLICY), target="arn:aws:s3:::reports", writes=(PUT,), undo=(DELETE,))
    )
    assert (change["before"], change["after"]) == (None, POLICY)
    assert change["diff"].startswith("--- /dev/null\n+++ bucket.policy\n@@ -0,0 +1,")
    assert change["account"] == ACCOUNT
    assert change["permissions"] == ["s3:DeleteBucketPolicy", "s3:PutBucketPolicy"]
    assert [each.split()[2] for each in change["commands"] + change["undo"]] == [
        "put-bucket-policy",
        "delete-bucket-policy",
    ]
    assert "import {" not in change["terraform"]
    assert "Metadata" not in change["cloudformation"]
    json.dumps(change)


def test_a_replaced_policy_is_taken_over_and_compared() -> None:
    old = {**POLICY, "Statement": []}
    undo = PUT._replace(parameters={**PUT.parameters, "Policy": old})
    change = shown(step(Edit("bucket.policy", old, POLICY), writes=(PUT,), undo=(undo,)))
    assert '\n-  "Statement": []\n+  "Statement": [\n' in change["diff"]
    assert "import {" in change["terraform"]
    assert "Identifier" in change["cloudformation"]
    assert change["permissions"] == ["s3:PutBucketPolicy"]


def test_a_change_by_hand_has_steps_and_nothing_else() -> None:
    change = shown(step(steps=("renew the token",), call={"ACL": None}, request={"signature": "v4"}))
    empty = ("before", "after", "diff", "account", "commands", "undo", "permissions", "terraform", "cloudformation")
    assert not any(change[name] for name in empty)
    assert (change["steps"], change["call"], change["request"]) == (
        ["renew the token"],
        {"ACL": None},
        {"signature": "v4"},
    )


def test_of_several_facts_each_has_its_name() -> None:
    change = shown(step(Edit("a.b", {"x": 1}, {"x": 2}), Edit("c.d", True, None)))
    assert (change["before"], change["after"]) == ({"a.b": {"x": 1}, "c.d": True}, {"a.b": {"x": 2}, "c.d": None})
    assert [line for line in change["diff"].split("\n") if line.startswith(("--- ", "+++ "))] == [
        "--- a.b",
        "+++ a.b",
        "--- c.d",
        "+++ /dev/null",
    ]


def test_a_fact_that_is_edited_twice_is_shown_once() -> None:
    change = shown(step(Edit("a.b", 1, 2), Edit("a.b", 2, 3)))
    assert (change["before"], change["after"]) == (1, 3)
    assert change["diff"] == "--- a.b\n+++ a.b\n@@ -1 +1 @@\n-1\n+3"


def test_facts_of_a_copy_s_source_say_so() -> None:
    edited = step(Edit("bucket.policy", 1, 2))._replace(prefix="source.", own=frozenset({"bucket.policy"}))
    assert "--- source.bucket.policy\n" in shown(edited)["diff"]


@pytest.mark.parametrize(
    "held",
    [
        json.dumps(POLICY),
        [{"name": "read", "document": json.dumps(POLICY)}],
        {"direct": [json.dumps(POLICY, indent=1)]},
    ],
    ids=["text", "named", "nested"],
)
def test_policies_held_as_text_are_compared_line_by_line(held: Any) -> None:
    other = json.loads(json.dumps(held).replace("GetObject", "PutObject"))
    found = difference({"x": held}, {"x": other})
    assert '"s3:GetObject"' in found
    assert "\\n" not in found
    assert len([line for line in found.split("\n") if line.startswith("+")]) == 3


@given(making.documents, making.documents, st.sampled_from(["\u2028", "\x85", "\x1c", "a"]))
def test_a_difference_leads_from_one_value_to_the_other(before: Any, after: Any, odd: str) -> None:
    old, new = {"before": before, odd: odd}, {"after": after, odd: odd}
    texts = [json.dumps(each, indent=2, ensure_ascii=False) for each in (old, new)]
    found = difference({"x": old}, {"x": new})
    assert patched(texts[0], found) == texts[1] if found else old == new
    assert patched("", difference({"x": None}, {"x": new})) == texts[1]


def test_every_proposal_is_shown_as_json() -> None:
    for _, proposed in proposals():
        change = shown(proposed)
        assert json.loads(json.dumps(change)) == change
        assert bool(change["diff"]) == any(edit.before != edit.after for edit in proposed.edits())
