"""Who calls: the principal of a request, recognised by its form.

AWS: "AWS JSON policy elements: Principal", "IAM identifiers".
"""

import re
from dataclasses import dataclass
from enum import Enum

from why403.domain.errors import InvalidInput
from why403.domain.remembered import remembered

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>iam|sts)::(?P<account>[0-9]{12}):"
    r"(?:(?P<root>root)|(?P<type>user|role|assumed-role|federated-user)/(?P<name>[^\s*?]+))",
)
_ORIGIN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::cloudfront:user/(?P<name>CloudFront Origin Access Identity [A-Z0-9]{1,64})"
)
_ACCOUNT = re.compile(r"[0-9]{12}")
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(?:\.cn)?")
_LINKED_PATH = "aws-service-role/"
_LINKED_NAME = "AWSServiceRoleFor"


class Kind(Enum):
    """The kinds of caller that IAM treats differently."""

    USER = "user"
    ROLE = "role"  # a role's ARN stands for any session of it
    SESSION = "session"
    FEDERATED = "federated user"
    ROOT = "root"
    SERVICE = "service"
    ORIGIN = "origin access identity"  # CloudFront's own, of no account; identity policies grant it nothing
    ANONYMOUS = "anonymous"
    UNKNOWN = "unknown"  # some IAM identity; a report that does not say who called


@dataclass(frozen=True, slots=True, eq=False)
class Principal:
    """One caller; compared by identity; equal texts mostly share one object.

    `account` is the 12-digit account, empty for services, origin access identities and anonymous callers; `name` the
    last part of a user's or role's name (a session's role), without path; `session` the session's name.
    """

    arn: str
    kind: Kind
    partition: str = "aws"
    account: str = ""
    name: str = ""
    session: str = ""
    service_linked: bool = False

    @property
    def signed(self) -> bool:
        """Return whether an IAM identity or root of some account calls."""
        return self.account != "" or self.kind is Kind.UNKNOWN


ANONYMOUS = Principal("anonymous", Kind.ANONYMOUS)
SOMEBODY = Principal("unknown", Kind.UNKNOWN)


def somebody_of(account: str, partition: str) -> Principal:
    """Return a caller of whom no more is known than the account, twelve digits; somebody where it is none."""
    return Principal(SOMEBODY.arn, Kind.UNKNOWN, partition, account) if _ACCOUNT.fullmatch(account) else SOMEBODY


@remembered(4096)
def principal(text: str) -> Principal:
    """Return the caller that `text` names: an ARN, `anonymous` or an AWS service; raise InvalidInput otherwise."""
    if text == "anonymous":
        return ANONYMOUS
    if _SERVICE.fullmatch(text):
        return Principal(text, Kind.SERVICE)
    origin = _ORIGIN.fullmatch(text)
    if origin is not None:
        return Principal(text, Kind.ORIGIN, origin["partition"], name=origin["name"])
    found = _ARN.fullmatch(text)
    if found is None:
        raise InvalidInput.at("", f"`{text}` is no ARN of a caller, no AWS service and not `anonymous`")
    if found["root"]:
        return Principal(text, Kind.ROOT, found["partition"], found["account"])
    return _named(text, found)


def is_service(text: str) -> bool:
    """Return whether a text is the name of an AWS service as a principal."""
    return _SERVICE.fullmatch(text) is not None


def is_caller(text: str) -> bool:
    """Return whether a text is the ARN of an account, a user, a role, a session or another caller."""
    return _ARN.fullmatch(text) is not None or _ORIGIN.fullmatch(text) is not None


def _named(text: str, found: re.Match[str]) -> Principal:
    partition, account, path = found["partition"], found["account"], found["name"]
    match found["service"], found["type"]:
        case "iam", "user":
            return Principal(text, Kind.USER, partition, account, path.rpartition("/")[2])
        case "iam", "role":
            name = path.rpartition("/")[2]
            linked = path.startswith(_LINKED_PATH) or name.startswith(_LINKED_NAME)
            return Principal(text, Kind.ROLE, partition, account, name, service_linked=linked)
        case "sts", "assumed-role":
            name, slash, session = path.partition("/")
            if slash and session:
                linked = name.startswith(_LINKED_NAME)
                return Principal(text, Kind.SESSION, partition, account, name, session, linked)
        case "sts", "federated-user":
            return Principal(text, Kind.FEDERATED, partition, account, path)
    raise InvalidInput.at("", f"`{text}` is not the ARN of a user, role, session, federated user or root")
