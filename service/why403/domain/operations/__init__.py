"""The table of S3 API operations: the permissions each needs, on what, and the condition keys its parameters fill."""

from why403.domain.operations.buckets import OWNER_ONLY
from why403.domain.operations.encryption import is_key_arn
from why403.domain.operations.http import HEADERS, methods_of
from why403.domain.operations.keys import KNOWN_PARAMETERS, PARAMETER_OF, UNSENT, parameter_for, sent_for
from why403.domain.operations.leg import KeyUse, Leg
from why403.domain.operations.legs import check_place, key_of, legs, reads_with_key
from why403.domain.operations.names import ALIASES, OPERATIONS, operation_named
from why403.domain.operations.parameters import UNREAD
from why403.domain.operations.table import Need, Operation
from why403.domain.operations.when import grant_headers

__all__ = [
    "ALIASES",
    "HEADERS",
    "KNOWN_PARAMETERS",
    "OPERATIONS",
    "OWNER_ONLY",
    "PARAMETER_OF",
    "UNREAD",
    "UNSENT",
    "KeyUse",
    "Leg",
    "Need",
    "Operation",
    "check_place",
    "grant_headers",
    "is_key_arn",
    "key_of",
    "legs",
    "methods_of",
    "operation_named",
    "parameter_for",
    "reads_with_key",
    "sent_for",
]
