"""What people paste about a refused call, read: errors of every client, logs, bodies, URLs and CloudTrail records."""

from why403.report.answers import NO_ERROR, UNSIGNED, is_of_sts
from why403.report.around import with_around
from why403.report.formats.commands import ENDPOINT_AS_BUCKET
from why403.report.formats.delivery import LOAD_BALANCER
from why403.report.formats.transcripts import CLOUDFRONT, PASSED_ON
from why403.report.model import SOURCES, Arrived, Named, Report, Source
from why403.report.names import asks_to_list
from why403.report.plain import LIMIT
from why403.report.reading import read, read_event, read_stripped
from why403.report.stripping import strip_secrets, stripped

__all__ = [
    "CLOUDFRONT",
    "ENDPOINT_AS_BUCKET",
    "LIMIT",
    "LOAD_BALANCER",
    "NO_ERROR",
    "PASSED_ON",
    "SOURCES",
    "UNSIGNED",
    "Arrived",
    "Named",
    "Report",
    "Source",
    "asks_to_list",
    "is_of_sts",
    "read",
    "read_event",
    "read_stripped",
    "strip_secrets",
    "stripped",
    "with_around",
]
