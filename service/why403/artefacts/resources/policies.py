"""What calls of IAM, Identity Center, Organizations, KMS, EC2 and account management are in declarative languages."""

from collections.abc import Mapping
from typing import Any, Final

from why403.artefacts.hcl import Body
from why403.artefacts.resources.row import CloudFormation, Row, Source, Terraform, always, asked, joined
from why403.domain.fix import Write


def _inline(kind: str) -> Row:
    held = {"PolicyName": "PolicyName", f"{kind}Name": f"{kind}Name"}
    return Row(
        terraform=Terraform(
            type=f"aws_iam_{kind.lower()}_policy",
            attributes={"name": "PolicyName", kind.lower(): f"{kind}Name", "policy": "PolicyDocument"},
            named=(f"{kind}Name", "PolicyName"),
            imported=joined(f"{{{kind}Name}}:{{PolicyName}}"),
        ),
        cloudformation=CloudFormation(
            type=f"AWS::IAM::{kind}Policy", properties={**held, "PolicyDocument": "PolicyDocument"}, identity=held
        ),
    )


def _name(write: Write) -> str:
    return str(write.parameters["PolicyArn"]).rpartition("/")[2]


def _path(write: Write) -> str | None:
    """Return the path in a policy's ARN, None for the usual one."""
    inner = str(write.parameters["PolicyArn"]).partition("/")[2].rpartition("/")[0]
    return f"/{inner}/" if inner else None


def _attached(kind: str) -> Row:
    """Return how a policy is attached: CloudFormation says it in the resource of the policy, if that is new."""

    def holders(write: Write) -> list[Any]:
        return [write.parameters[f"{kind}Name"]]

    return Row(
        terraform=Terraform(
            type=f"aws_iam_{kind.lower()}_policy_attachment",
            attributes={kind.lower(): f"{kind}Name", "policy_arn": "PolicyArn"},
            named=(f"{kind}Name", "PolicyArn"),
            imported=joined(f"{{{kind}Name}}/{{PolicyArn}}"),
        ),
        cloudformation=CloudFormation(
            type="AWS::IAM::ManagedPolicy",
            properties={f"{kind}s": holders},
            identity={"ManagedPolicyName": _name},
            joins=True,
        ),
    )


def _kind(write: Write) -> str:
    """Return the type of an organization's policy: one of resources names principals, one of services may not.

    AWS: "Resource control policies (RCPs)" and "Service control policies (SCPs)", each on its elements.
    """
    document = write.parameters.get("Content")
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    of_resources = any(isinstance(each, Mapping) and "Principal" in each for each in listed)
    return "RESOURCE_CONTROL_POLICY" if of_resources else "SERVICE_CONTROL_POLICY"


def _type(write: Write) -> str:
    return str(write.parameters.get("Type") or _kind(write))


def _key_id(write: Write) -> str:
    return str(write.parameters["KeyId"]).rpartition("/")[2]


def _constraints(write: Write) -> Any:
    held = write.parameters.get("Constraints")
    if not held:
        return None
    return Body(
        {
            "encryption_context_equals": held.get("EncryptionContextEquals"),
            "encryption_context_subset": held.get("EncryptionContextSubset"),
        }
    )


_POLICY_NAME: Final = asked("PolicyName", "the name that the policy has", "Name")
_ORGANIZATION: Final[Mapping[str, Source]] = {
    "Name": _POLICY_NAME,
    "Description": "Description",
    "Type": _type,
    "Content": "Content",
}


def _organization(imported: str, identity: Mapping[str, Source]) -> tuple[Terraform, CloudFormation]:
    attributes = {name.lower(): source for name, source in _ORGANIZATION.items()}
    named = ("PolicyId",) if imported else ("Name",)
    return (
        Terraform(
            type="aws_organizations_policy",
            attributes=attributes,
            named=named,
            imported=imported,
            kept=("description", "tags"),
        ),
        CloudFormation(type="AWS::Organizations::Policy", properties=_ORGANIZATION, identity=identity),
    )


def _organizations() -> dict[tuple[str, str], Row]:
    made = _organization("", {"Name": "Name"})
    changed = _organization("PolicyId", {"Id": "PolicyId"})
    return {
        ("organizations", "CreatePolicy"): Row(terraform=made[0], cloudformation=made[1]),
        ("organizations", "UpdatePolicy"): Row(terraform=changed[0], cloudformation=changed[1], exists=True),
        ("organizations", "AttachPolicy"): Row(
            terraform=Terraform(
                type="aws_organizations_policy_attachment",
                attributes={"policy_id": "PolicyId", "target_id": "TargetId"},
                named=("PolicyId", "TargetId"),
                imported=joined("{TargetId}:{PolicyId}"),
            )
        ),
    }


def _boundaries() -> dict[tuple[str, str], Row]:
    """In CloudFormation a role cannot be shown without its trust policy."""
    argument: dict[str, Source] = {"permissions_boundary": "PermissionsBoundary"}
    return {
        ("iam", "PutRolePermissionsBoundary"): Row(
            terraform=Terraform(type="aws_iam_role", attributes=argument, named=("RoleName",), part=True), exists=True
        ),
        ("iam", "PutUserPermissionsBoundary"): Row(
            terraform=Terraform(
                type="aws_iam_user", attributes={"name": "UserName", **argument}, named=("UserName",), part=True
            ),
            cloudformation=CloudFormation(
                type="AWS::IAM::User",
                properties={"UserName": "UserName", "PermissionsBoundary": "PermissionsBoundary"},
                identity={"UserName": "UserName"},
                part=True,
            ),
            exists=True,
        ),
    }


_IAM: Final[Mapping[tuple[str, str], Row]] = {
    **{("iam", f"Put{kind}Policy"): _inline(kind) for kind in ("Role", "User", "Group")},
    **{("iam", f"Attach{kind}Policy"): _attached(kind) for kind in ("Role", "User", "Group")},
    **_boundaries(),
    ("iam", "CreatePolicy"): Row(
        terraform=Terraform(
            type="aws_iam_policy",
            attributes={
                "name": "PolicyName",
                "path": "Path",
                "description": "Description",
                "policy": "PolicyDocument",
            },
            named=("PolicyName",),
        ),
        cloudformation=CloudFormation(
            type="AWS::IAM::ManagedPolicy",
            properties={
                "ManagedPolicyName": "PolicyName",
                "Path": "Path",
                "Description": "Description",
                "PolicyDocument": "PolicyDocument",
            },
            identity={"ManagedPolicyName": "PolicyName"},
        ),
    ),
    ("iam", "CreatePolicyVersion"): Row(
        terraform=Terraform(
            type="aws_iam_policy",
            attributes={"name": _name, "path": _path, "policy": "PolicyDocument"},
            named=("PolicyArn",),
            imported="PolicyArn",
            kept=("description", "tags"),
        ),
        cloudformation=CloudFormation(
            type="AWS::IAM::ManagedPolicy",
            properties={"ManagedPolicyName": _name, "Path": _path, "PolicyDocument": "PolicyDocument"},
            identity={"PolicyArn": "PolicyArn"},
        ),
        exists=True,
    ),
}

_KEYS: Final[Mapping[tuple[str, str], Row]] = {
    ("kms", "PutKeyPolicy"): Row(
        terraform=Terraform(
            type="aws_kms_key_policy",
            attributes={"key_id": _key_id, "policy": "Policy"},
            named=("KeyId",),
            imported=_key_id,
        ),
        cloudformation=CloudFormation(
            type="AWS::KMS::Key", properties={"KeyPolicy": "Policy"}, identity={"KeyId": _key_id}, part=True
        ),
        exists=True,
    ),
    ("kms", "CreateGrant"): Row(
        terraform=Terraform(
            type="aws_kms_grant",
            attributes={
                "name": "Name",
                "key_id": "KeyId",
                "grantee_principal": "GranteePrincipal",
                "retiring_principal": "RetiringPrincipal",
                "operations": "Operations",
                "constraints": _constraints,
            },
            named=("KeyId", "GranteePrincipal"),
        )
    ),
}

_OTHERS: Final[Mapping[tuple[str, str], Row]] = {
    ("ec2", "ModifyVpcEndpoint"): Row(
        terraform=Terraform(
            type="aws_vpc_endpoint_policy",
            attributes={"vpc_endpoint_id": "VpcEndpointId", "policy": "PolicyDocument"},
            named=("VpcEndpointId",),
            imported="VpcEndpointId",
        ),
        cloudformation=CloudFormation(
            type="AWS::EC2::VPCEndpoint",
            properties={
                "VpcId": asked("VpcId", "the VPC that the endpoint is in"),
                "ServiceName": asked("ServiceName", "the service that the endpoint leads to"),
                "PolicyDocument": "PolicyDocument",
            },
            identity={"Id": "VpcEndpointId"},
            part=True,
        ),
        exists=True,
    ),
    ("sso-admin", "PutInlinePolicyToPermissionSet"): Row(
        terraform=Terraform(
            type="aws_ssoadmin_permission_set_inline_policy",
            attributes={
                "instance_arn": "InstanceArn",
                "permission_set_arn": "PermissionSetArn",
                "inline_policy": "InlinePolicy",
            },
            named=("PermissionSetArn",),
            imported=joined("{PermissionSetArn},{InstanceArn}"),
        ),
        cloudformation=CloudFormation(
            type="AWS::SSO::PermissionSet",
            properties={
                "InstanceArn": "InstanceArn",
                "Name": asked("PermissionSetName", "the name that the permission set has"),
                "InlinePolicy": "InlinePolicy",
            },
            identity={"InstanceArn": "InstanceArn", "PermissionSetArn": "PermissionSetArn"},
            part=True,
        ),
    ),
    ("account", "EnableRegion"): Row(
        terraform=Terraform(
            type="aws_account_region",
            attributes={"account_id": "AccountId", "region_name": "RegionName", "enabled": always(True)},  # noqa: FBT003
            named=("RegionName",),
        )
    ),
}

ROWS: Final[Mapping[tuple[str, str], Row]] = {**_IAM, **_organizations(), **_KEYS, **_OTHERS}
