"""What layers say about a leg: claims, which are truths alone, and findings, the same with words.

A layer judges in claims, because most answers need no words; `Layer.words` turns a claim into a finding when somebody
will read it. One claim is one of

* DENIAL       holds: the request is denied. `yields`: it denies all the same, but is not named beside another blocker
* LIMIT        holds: this filter lets the request through; without that nothing is granted
* REQUIREMENT  holds: a condition that is no policy is met
* CAP          holds: grants of these reaches count; without that they are void
* GRANT        holds: the request is allowed, with this reach
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, NamedTuple, TypeAlias

from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth


class Says(IntEnum):
    """The kinds of claim."""

    DENIAL = 0
    YIELDING_DENIAL = 1
    LIMIT = 2
    REQUIREMENT = 3
    CAP = 4
    GRANT = 5


class Reach(IntFlag):
    """How a grant comes to the caller; a cap covers several."""

    ATTACHED = 1  # by the caller's own policies
    DIRECT = 2  # names this very caller, or everyone
    ROLE = 4  # names the role or user behind the session
    ACCOUNT = 8  # trusts the account and leaves the choice to it
    PUBLIC_ACL = 16  # an ACL's grant to everyone, or to everyone signed
    ACCOUNT_ACL = 32  # an ACL's grant to an account


CALLER_SIDE: Final = Reach.ATTACHED | Reach.ROLE
ACLS: Final = Reach.PUBLIC_ACL | Reach.ACCOUNT_ACL
NONE: Final = Reach(0)


class Claim(NamedTuple):
    """One truth a layer states; `about` is the layer's own note of what it rests on."""

    says: Says
    holds: Truth
    reach: Reach = NONE
    about: object = None


Verdict: TypeAlias = tuple[Claim, ...]
SILENT: Final[Verdict] = ()

_TRUTHS: Final = (FALSE, UNKNOWN, TRUE)
DENIALS: Final = tuple(Claim(Says.DENIAL, truth) for truth in _TRUTHS)
LIMITS: Final = tuple(Claim(Says.LIMIT, truth) for truth in _TRUTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionResult:
    """One condition of a cited statement: what it expects, what the request carries (None: not known), the outcome."""

    operator: str
    key: str
    expected: tuple[str, ...]
    actual: tuple[str, ...] | None
    met: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where it is written: the fact, the policy in it, the statement, with a JSON pointer into the fact's value."""

    fact: str
    pointer: str = ""
    policy: str | None = None
    arn: str | None = None
    sid: str | None = None
    statement: int | None = None
    conditions: tuple[ConditionResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A claim in words: a lower-case clause without a full stop, and where it is written.

    `needs` is the permission that would settle a doubt; `status` and `code` are what S3 answers because of it.
    """

    because: str
    citations: tuple[Citation, ...] = ()
    needs: str | None = None
    status: int = 403
    code: str = "AccessDenied"


class Finding(NamedTuple):
    """A claim, who makes it, and why."""

    layer: str
    claim: Claim
    words: Words
