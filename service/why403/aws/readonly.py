"""Which operations may be called at all: reads of a few services, and none that hands out secrets or contents."""

import re
from collections.abc import Mapping
from typing import Final

_READS: Final = re.compile(r"(?:Describe|Filter|Get|Head|List|Lookup|Simulate)[A-Z][A-Za-z0-9]*")

# By boto3's name of the service: all its reads, or only these where others tell more than anybody needs here.
_SERVICES: Final[Mapping[str, frozenset[str] | None]] = {
    "accessanalyzer": None,
    "account": frozenset({"GetRegionOptStatus", "ListRegions"}),
    "cloudtrail": None,
    "ec2": frozenset(
        {"DescribeManagedPrefixLists", "DescribePrefixLists", "DescribeRegions", "DescribeVpcEndpoints", "DescribeVpcs"}
    ),
    "iam": None,
    "kms": None,
    "logs": frozenset({"DescribeLogGroups", "DescribeSubscriptionFilters", "FilterLogEvents"}),
    "organizations": None,
    "s3": None,
    "s3control": None,
    "sso-admin": None,
    "sts": frozenset({"GetAccessKeyInfo", "GetCallerIdentity"}),
}

# Reads by name, which hand out credentials, key material or what objects hold.
_NEVER: Final = frozenset(
    {
        ("iam", "GetCredentialReport"),
        ("iam", "ListVirtualMFADevices"),
        ("kms", "GetParametersForImport"),
        ("s3", "GetObject"),
        ("s3", "GetObjectAnnotation"),
        ("s3", "GetObjectTorrent"),
        ("s3control", "GetDataAccess"),
    }
)


def services() -> tuple[str, ...]:
    """Return the services that may be read, by boto3's names."""
    return tuple(_SERVICES)


def may_be_called(service: str, operation: str) -> bool:
    """Return whether an operation, named as the API names it, is a read that this service makes."""
    if service not in _SERVICES or (service, operation) in _NEVER or not _READS.fullmatch(operation):
        return False
    only = _SERVICES[service]
    return only is None or operation in only
