"""Writes the workload anew: `python -m tests.bench.generate`. It was run once; its result is kept as data."""

import json
import random
from collections.abc import Iterator
from typing import Any, Final

from tests.bench.workload import FILE
from tests.reference.evaluator import decide

ACCOUNT: Final = "111122223333"
BUCKET: Final = "arn:aws:s3:::acme-data"
SEED: Final = 403
WANTED: Final = {None: 400, "explicit": 300, "implicit": 300}

USERS: Final = ("ana", "ben", "chloe", "etl")
SESSIONS: Final = ("app/i-0abc", "app/i-0def", "auditor/dora@example.com", "pipeline/run-17", "pipeline/run-18")
OBJECT_ACTIONS: Final = (
    "s3:GetObject",
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetObjectTagging",
    "s3:PutObjectAcl",
)
BUCKET_ACTIONS: Final = ("s3:ListBucket", "s3:GetBucketLocation", "s3:PutBucketPolicy", "s3:GetBucketPolicy")
FOLDERS: Final = ("reports/2026", "uploads", "archive/2019", "private", "public", "home/ana", "home/ben", "team/ml")

Json = dict[str, Any]


def statement(effect: str, actions: list[str], resources: list[str], condition: Json | None = None) -> Json:
    """Return a statement on folders of the bucket, `""` being the bucket itself."""
    arns = [f"{BUCKET}/{folder}" if folder else BUCKET for folder in resources]
    body: Json = {"Effect": effect, "Action": actions, "Resource": arns}
    return {**body, "Condition": condition} if condition else body


def policy(name: str, *statements: Json) -> Json:
    """Return a policy as AWS lists it: with name, ARN and document."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"name": name, "arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}", "document": document}


FULL_ACCESS: Final = policy("FullAccess", {"Effect": "Allow", "Action": "*", "Resource": "*"})

IDENTITY: Final = [
    policy(
        "ReadReports",
        statement("Allow", ["s3:GetObject", "s3:GetObjectTagging"], ["reports/*", "public/*"]),
        statement("Allow", ["s3:ListBucket"], [""], {"StringLike": {"s3:prefix": ["reports/*", "public/*", ""]}}),
        statement("Allow", ["s3:GetObject*"], ["team/${aws:PrincipalTag/team}/*"]),
        statement("Allow", ["s3:GetBucketLocation", "s3:GetBucketPolicy"], [""]),
        statement("Deny", ["s3:GetObject"], ["reports/*/draft-*"]),
    ),
    policy(
        "WriteUploads",
        statement("Allow", ["s3:PutObject"], ["uploads/*", "reports/*"], {"Bool": {"aws:SecureTransport": "true"}}),
        statement("Allow", ["s3:*Object"], ["home/${aws:username}/*"]),
        statement("Allow", ["s3:DeleteObject"], ["uploads/*"], {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        statement("Deny", ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"], ["*"]),
        statement("Allow", ["s3:AbortMultipartUpload"], ["uploads/*"]),
    ),
    policy(
        "Operate",
        statement("Allow", ["s3:Get*"], ["private/*"], {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}),
        statement("Allow", ["s3:GetObject", "s3:DeleteObject"], ["archive/*"]),
        statement("Allow", ["s3:PutBucketPolicy"], [""], {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}),
        statement("Deny", ["s3:DeleteObject"], ["*"], {"StringNotEquals": {"aws:PrincipalTag/team": ["ml", "data"]}}),
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
    ),
]

BUCKET_POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            **statement("Deny", ["s3:*"], ["", "*"], {"Bool": {"aws:SecureTransport": "false"}}),
            "Sid": "OverTlsOnly",
            "Principal": "*",
        },
        {
            **statement(
                "Deny",
                ["s3:PutObject"],
                ["*"],
                {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": ["aws:kms", "AES256"]}},
            ),
            "Sid": "EncryptedOnly",
            "Principal": "*",
        },
        {
            **statement("Allow", ["s3:GetObject", "s3:ListBucket"], ["", "*"]),
            "Sid": "Auditors",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/auditor"},
        },
        {
            **statement("Deny", ["s3:GetObject"], ["private/*"], {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            "Sid": "PrivateFromInside",
            "Principal": {"AWS": "*"},
        },
        {
            **statement("Allow", ["s3:GetObject"], ["public/*"]),
            "Sid": "Partner",
            "Principal": {"AWS": ["arn:aws:iam::444455556666:root", f"arn:aws:iam::{ACCOUNT}:user/etl"]},
        },
    ],
}

REGIONS: Final = policy(
    "RegionsInEurope",
    {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    },
)
GUARDS: Final = policy(
    "GuardBuckets",
    {
        "Effect": "Deny",
        "Action": ["s3:PutBucketPolicy", "s3:DeleteBucket*"],
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/app"]}},
    },
)
BOUNDARY: Final = policy(
    "Boundary",
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::acme-*"]},
    {"Effect": "Deny", "Action": "s3:Delete*", "Resource": f"{BUCKET}/archive/*"},
)
EVIDENCE: Final[Json] = {
    "bucket.owner": ACCOUNT,
    "principal.policies": IDENTITY,
    "principal.boundary": BOUNDARY,
    "principal.tags": {"team": "ml"},
    "bucket.policy": BUCKET_POLICY,
    "organization.scps": [
        {"target": "r-ab12", "policies": [FULL_ACCESS, REGIONS]},
        {"target": ACCOUNT, "policies": [FULL_ACCESS, GUARDS]},
    ],
}


def candidates(rng: random.Random) -> Iterator[Json]:
    """Yield requests of users and role sessions of the account, for ever."""
    while True:
        who = rng.choice((*USERS, *SESSIONS))
        role = f"arn:aws:sts::{ACCOUNT}:assumed-role/{who}"
        request: Json = {"principal": role if "/" in who else f"arn:aws:iam::{ACCOUNT}:user/{who}"}
        context = {
            "aws:SourceIp": rng.choice(("10.0.3.7", "10.20.0.9", "192.0.2.14", "203.0.113.7")),
            "aws:RequestedRegion": rng.choice(("eu-west-1", "eu-west-1", "eu-west-1", "eu-central-1", "us-east-1")),
            "aws:SecureTransport": rng.choice(("true", "true", "true", "true", "false")),
        }
        if rng.random() < 0.3:
            action, resource = rng.choice(BUCKET_ACTIONS), BUCKET
            if action == "s3:ListBucket":
                context["s3:prefix"] = rng.choice(("reports/", "reports/2026/", "private/", "public/a"))
        else:
            action, name = rng.choice(OBJECT_ACTIONS), rng.choice(("", "", "draft-")) + str(rng.randrange(40))
            resource = f"{BUCKET}/{rng.choice(FOLDERS)}/{name}.csv"
            if action == "s3:PutObject" and rng.random() < 0.7:
                context["s3:x-amz-server-side-encryption"] = rng.choice(("aws:kms", "AES256", "aws:kms:dsse"))
        yield {**request, "action": action, "resource": resource, "context": context}


def requests() -> list[Json]:
    """Return distinct requests, so many of each outcome as wanted, in random order."""
    left = dict(WANTED)
    found: dict[str, Json] = {}
    for request in candidates(random.Random(SEED)):
        name = json.dumps(request)
        kind = decide({**request, "evidence": EVIDENCE, "evidence_is_complete": True}).kind
        if name not in found and left[kind]:
            found[name] = request
            left[kind] -= 1
        if not any(left.values()):
            return list(found.values())
    raise AssertionError


def main() -> None:
    """Write the file, a request a line."""
    lines = ",\n".join(json.dumps(request) for request in requests())
    evidence = json.dumps(EVIDENCE, indent=1)
    FILE.write_text(f'{{"evidence_is_complete": true,\n"evidence": {evidence},\n"requests": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
