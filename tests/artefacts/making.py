"""Writes drawn at random from what botocore knows of the calls that change access."""

from typing import Any

from botocore.model import Shape
from hypothesis import strategies as st

from tests.artefacts.models import shape
from why403.domain.fix import Write

OPERATIONS = (
    ("account", "EnableRegion"),
    ("ec2", "ModifyVpcEndpoint"),
    ("iam", "AttachRolePolicy"),
    ("iam", "CreatePolicy"),
    ("iam", "CreatePolicyVersion"),
    ("iam", "PutRolePermissionsBoundary"),
    ("iam", "PutRolePolicy"),
    ("kms", "CreateGrant"),
    ("kms", "PutKeyPolicy"),
    ("organizations", "UpdatePolicy"),
    ("s3", "DeleteBucketPolicy"),
    ("s3", "PutBucketAcl"),
    ("s3", "PutBucketEncryption"),
    ("s3", "PutBucketPolicy"),
    ("s3", "PutObjectLegalHold"),
    ("s3", "PutPublicAccessBlock"),
    ("s3", "RestoreObject"),
    ("s3control", "PutAccessPointPolicy"),
    ("s3control", "PutPublicAccessBlock"),
    ("sso-admin", "PutInlinePolicyToPermissionSet"),
    ("sts", "AssumeRole"),
)
DOCUMENTS = {"Content", "InlinePolicy", "Policy", "PolicyDocument"}
DEEPEST = 4
# What shells, the CLI and people stumble over, more often than chance would have it.
STRANGE = (
    "-x",
    "--",
    "file://a",
    "https://a",
    "fileb://b",
    "[a",
    "{a",
    "a b",
    " a",
    "it's",
    "$(id)",
    "`id`",
    "!",
    "é",
    "\n",
    "\x1b[1m",
)

texts = st.sampled_from(STRANGE) | st.text(max_size=12)
documents = st.recursive(
    st.none() | st.booleans() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def values(takes: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of a shape."""
    match takes.type_name:
        case "structure":
            return structures(takes, depth)
        case "list":
            return st.lists(values(takes.member, depth + 1), max_size=3)
        case "map":
            return st.dictionaries(texts, values(takes.value, depth + 1), max_size=3)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(-(2**31), 2**31)
        case "timestamp":
            return st.datetimes().map(lambda each: f"{each.isoformat()}Z")
    return st.sampled_from(takes.enum) if getattr(takes, "enum", None) else texts


def structures(takes: Shape, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    needed = {name: values(each, depth + 1) for name, each in takes.members.items() if name in takes.required_members}
    others = {
        name: values(each, depth + 1)
        for name, each in takes.members.items()
        if name not in needed and each.type_name != "blob" and depth < DEEPEST
    }
    return st.fixed_dictionaries(needed, optional=others)


@st.composite
def writes(draw: st.DrawFn) -> Write:
    """Return a call with parameters of the right types, of which nothing else is right."""
    service, operation = draw(st.sampled_from(OPERATIONS))
    takes = shape(service, operation)
    held = {name for name in takes.members if name in DOCUMENTS}
    parameters = draw(structures(takes, 0))
    for name in sorted(held & parameters.keys()):
        parameters[name] = draw(st.dictionaries(texts, documents, max_size=3) | texts)
    order = draw(st.permutations(sorted(parameters)))
    region = draw(st.none() | st.sampled_from(["eu-west-1", "us-gov-west-1"]))
    return Write(
        service,
        operation,
        {name: parameters[name] for name in order},
        f"{service}:{operation}",
        region=region,
        documents=tuple(sorted(held)),
    )
