"""why403 explains why Amazon S3 answered 403; these are the names for authors of layers."""

from why403.collecting import (
    ORGANIZATION,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Keep,
    Observations,
    Read,
    value_of,
)
from why403.domain.arn import Resource
from why403.domain.errors import InvalidInput
from why403.domain.evidence import ABSENT, Absent, Evidence, Fact, Found, Observation, Unreadable
from why403.domain.fix import Applicability, Edit, Fix, Reading, Write
from why403.domain.principal import Kind, Principal
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import ACLS, CALLER_SIDE, Citation, Claim, Reach, Says, Shown, Verdict, Words
from why403.hookspecs import hookimpl
from why403.layer import Group, Layer, May, Place, Warned
from why403.report import Named, Report

__all__ = [
    "ABSENT",
    "ACLS",
    "CALLER_SIDE",
    "FALSE",
    "ORGANIZATION",
    "TRUE",
    "UNKNOWN",
    "Absent",
    "AccessRequest",
    "Applicability",
    "AwsCall",
    "Call",
    "CannotTell",
    "Citation",
    "Claim",
    "Collecting",
    "Collector",
    "Edit",
    "Evidence",
    "Fact",
    "Fix",
    "Found",
    "Group",
    "InvalidInput",
    "Keep",
    "Kind",
    "Layer",
    "May",
    "Named",
    "Observation",
    "Observations",
    "Place",
    "Principal",
    "Reach",
    "Read",
    "Reading",
    "Report",
    "Resource",
    "Says",
    "Shown",
    "Truth",
    "Unreadable",
    "Verdict",
    "Warned",
    "Words",
    "Write",
    "hookimpl",
    "value_of",
]
