"""What AWS's services say of buckets that they may not write their logs, records or mails to.

Each tells the bucket and nothing of S3's answer. AWS: "Enable access logs for your Application Load Balancer";
"Amazon S3 bucket policy for CloudTrail"; "Permissions for the Amazon S3 bucket for the AWS Config delivery channel";
"Publish flow logs to Amazon S3"; "Giving permissions to Amazon SES for email receiving"; "Database audit logging".
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from why403.report.model import Named
from why403.report.passage import message_after
from why403.report.places import BUCKET
from why403.report.sighting import MOST, Sighting, fields

_DENIED: Final = "AccessDenied"


class _Said(NamedTuple):
    """A sentence with a bucket: which service says it, what it could not do, and in which way it says so.

    The bucket's name may be masked.
    `code` is S3's where the words do not hold it; a sentence may name the policy instead.
    """

    words: re.Pattern[str]
    service: str | None
    operation: str = "PutObject"
    code: str | None = None
    names_policy: bool = False


def _said(words: str, service: str | None, **more: Any) -> _Said:
    return _Said(re.compile(words.replace(" ", r"\s{1,8}") + rf"(?:{BUCKET}|(?=\S))"), service, **more)


_SENTENCES: Final = (
    _said("Access Denied for bucket: ", None),  # a load balancer, under names that differ by Region
    _said("Incorrect S3 bucket policy is detected for bucket: ", "cloudtrail.amazonaws.com", names_policy=True),
    _said("Insufficient delivery policy to s3 bucket: ", "config.amazonaws.com", names_policy=True),
    _said("Access Denied for LogDestination: ", "delivery.logs.amazonaws.com"),
    _said("Could not write to bucket: ", "ses.amazonaws.com", code=_DENIED),
    _said("Cannot read ACLs of bucket ", "redshift.amazonaws.com", operation="GetBucketAcl", code=_DENIED),
)
LOAD_BALANCER: Final = "a load balancer tried to write to the bucket; under which name is not said"
WORDS: Final = ("bucket:", "LogDestination", "ACLs")


def refusals(text: str) -> Iterator[Sighting]:
    """Yield the refusals of services that write to a bucket on their own behalf."""
    for said in _SENTENCES:
        for found in islice(said.words.finditer(text), MOST):
            message = message_after(text, found.start())
            told = fields(
                principal=said.service,
                bucket=found["bucket"],
                operation=said.operation,
                message=message,
                named=Named(layer="bucket_policy", kind="implicit", special=message) if said.names_policy else None,
                code=said.code,
            )
            notes = () if said.service else (LOAD_BALANCER,)
            yield Sighting(start=found.start(), source="text", told=told, notes=notes)
