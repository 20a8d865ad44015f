"""What calls of S3 and S3 Control are in declarative languages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from why403.artefacts.hcl import Body
from why403.artefacts.resources.row import Asked, CloudFormation, Row, Source, Terraform, asked, part_of
from why403.domain.directory import is_directory
from why403.domain.fix import Write

_FLAGS: Final = {
    "block_public_acls": "BlockPublicAcls",
    "ignore_public_acls": "IgnorePublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "restrict_public_buckets": "RestrictPublicBuckets",
}
_BLOCK: Final = "PublicAccessBlockConfiguration"


def _flag(name: str) -> Source:
    """Return a source of a flag; one that the call does not send is off."""

    def source(write: Write) -> bool:
        return bool(write.parameters[_BLOCK].get(name, False))

    return source


def _flags(write: Write) -> dict[str, bool]:
    return {name: bool(write.parameters[_BLOCK].get(name, False)) for name in _FLAGS.values()}


def _policy_type(write: Write) -> str:
    service = "S3Express" if is_directory(str(write.parameters["Bucket"])) else "S3"
    return f"AWS::{service}::BucketPolicy"


def _point(write: Write) -> Any:
    """Return the ARN of an access point, which is asked for where the Region is not known."""
    name, account = str(write.parameters["Name"]), write.parameters["AccountId"]
    if name.startswith("arn:"):
        return name
    if write.region is None:
        return Asked("AccessPointArn", "the ARN that the access point has")
    region = write.region
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return f"arn:{partition}:s3:{region}:{account}:accesspoint/{name}"


def _controls(write: Write) -> Body:
    (rule,) = write.parameters["OwnershipControls"]["Rules"]
    return Body({"object_ownership": rule["ObjectOwnership"]})


def _encryption(write: Write) -> list[Body]:
    return [_rule(each) for each in write.parameters["ServerSideEncryptionConfiguration"]["Rules"]]


def _rule(rule: Mapping[str, Any]) -> Body:
    default, blocked = rule.get("ApplyServerSideEncryptionByDefault"), rule.get("BlockedEncryptionTypes")
    return Body(
        {
            "bucket_key_enabled": rule.get("BucketKeyEnabled"),
            "blocked_encryption_types": blocked and blocked.get("EncryptionType"),
            "apply_server_side_encryption_by_default": default
            and Body({"sse_algorithm": default["SSEAlgorithm"], "kms_master_key_id": default.get("KMSMasterKeyID")}),
        }
    )


def _encryption_rules(write: Write) -> list[dict[str, Any]]:
    """Return the rules as CloudFormation spells them: one member has another name there."""
    renamed = {"ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault"}
    rules = write.parameters["ServerSideEncryptionConfiguration"]["Rules"]
    return [{renamed.get(name, name): value for name, value in rule.items()} for rule in rules]


def _under(name: str, source: Source) -> Source:
    """Return a source of an object with one member."""

    def under(write: Write) -> Any:
        value = source(write) if callable(source) else write.parameters[source]
        return {name: value}

    return under


def _access(write: Write) -> Body | None:
    held = write.parameters.get("AccessControlPolicy")
    if held is None:
        return None
    grants = [Body({"permission": each["Permission"], "grantee": _grantee(each["Grantee"])}) for each in held["Grants"]]
    return Body({"owner": Body({"id": held["Owner"]["ID"]}), "grant": grants})


def _grantee(held: Mapping[str, Any]) -> Body:
    return Body({"type": held["Type"], "id": held.get("ID"), "uri": held.get("URI")})


def _canned(write: Write) -> str:
    """Return the identifier of a bucket's ACL, of which a canned one is a part."""
    return ",".join(str(write.parameters[name]) for name in ("Bucket", "ACL") if name in write.parameters)


def _of_bucket(kind: str, **attributes: Source) -> Terraform:
    return Terraform(
        type=f"aws_s3_bucket_{kind}",
        attributes={"bucket": "Bucket", **attributes},
        named=("Bucket",),
        imported="Bucket",
    )


def _bucket(name: str, source: Source) -> CloudFormation:
    """Return a property of the bucket, which CloudFormation keeps in the resource of the bucket itself."""
    return CloudFormation(
        type="AWS::S3::Bucket",
        properties={"BucketName": "Bucket", name: source},
        identity={"BucketName": "Bucket"},
        part=True,
    )


_BUCKETS: Final[Mapping[tuple[str, str], Row]] = {
    ("s3", "PutBucketPolicy"): Row(
        terraform=_of_bucket("policy", policy="Policy"),
        cloudformation=CloudFormation(
            type=_policy_type,
            properties={"Bucket": "Bucket", "PolicyDocument": "Policy"},
            identity={"Bucket": "Bucket"},
        ),
    ),
    ("s3", "PutPublicAccessBlock"): Row(
        terraform=_of_bucket("public_access_block", **{name: _flag(flag) for name, flag in _FLAGS.items()}),
        cloudformation=_bucket(_BLOCK, _flags),
    ),
    ("s3", "PutBucketOwnershipControls"): Row(
        terraform=_of_bucket("ownership_controls", rule=_controls),
        cloudformation=_bucket("OwnershipControls", _under("Rules", part_of("OwnershipControls", "Rules"))),
    ),
    ("s3", "PutBucketEncryption"): Row(
        terraform=_of_bucket("server_side_encryption_configuration", rule=_encryption),
        cloudformation=_bucket("BucketEncryption", _under("ServerSideEncryptionConfiguration", _encryption_rules)),
        exists=True,
    ),
    ("s3", "PutBucketRequestPayment"): Row(
        terraform=_of_bucket("request_payment_configuration", payer=part_of("RequestPaymentConfiguration", "Payer")),
        exists=True,
    ),
    ("s3", "PutBucketAcl"): Row(
        terraform=replace(_of_bucket("acl", acl="ACL", access_control_policy=_access), imported=_canned), exists=True
    ),
}

_CONTROL: Final[Mapping[tuple[str, str], Row]] = {
    ("s3control", "PutPublicAccessBlock"): Row(
        terraform=Terraform(
            type="aws_s3_account_public_access_block",
            attributes={"account_id": "AccountId", **{name: _flag(flag) for name, flag in _FLAGS.items()}},
            named=("AccountId",),
            imported="AccountId",
        )
    ),
    ("s3control", "PutAccessPointPolicy"): Row(
        terraform=Terraform(
            type="aws_s3control_access_point_policy",
            attributes={"access_point_arn": _point, "policy": "Policy"},
            named=("Name",),
            imported=_point,
        ),
        cloudformation=CloudFormation(
            type="AWS::S3::AccessPoint",
            properties={
                "Name": "Name",
                "Bucket": asked("BucketName", "the bucket that the access point leads to"),
                "Policy": "Policy",
            },
            identity={"Name": "Name"},
            part=True,
        ),
    ),
}

ROWS: Final[Mapping[tuple[str, str], Row]] = {**_BUCKETS, **_CONTROL}
