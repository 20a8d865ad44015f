"""What layers say about a leg: claims, which are truths alone, and findings, the same with words.

A layer judges in claims, because most answers need no words; `Layer.words` turns a claim into a finding when somebody
will read it. One claim is one of

* DENIAL       holds: the request is denied. `yields`: it denies all the same, but is not named beside another blocker
* LIMIT        holds: this filter lets the request through; without that nothing is granted
* REQUIREMENT  holds: a condition that is no policy is met
* CAP          holds: grants of these reaches count; without that they are void
* GRANT        holds: the request is allowed, with this reach
"""

from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth


class Says:
    """The kinds of claim, as plain integers: the merge compares them by the million."""

    DENIAL: Final = 0
    YIELDING_DENIAL: Final = 1
    LIMIT: Final = 2
    REQUIREMENT: Final = 3
    CAP: Final = 4
    GRANT: Final = 5


class Reach:
    """How a grant comes to the caller, as bits of plain integers; a cap covers several."""

    NONE: Final = 0
    ATTACHED: Final = 1  # by the caller's own policies
    DIRECT: Final = 2  # names this very caller, or everyone
    ROLE: Final = 4  # names the role or user behind the session
    ACCOUNT: Final = 8  # trusts the account and leaves the choice to it
    PUBLIC_ACL: Final = 16  # an ACL's grant to everyone, or to everyone signed
    ACCOUNT_ACL: Final = 32  # an ACL's grant to an account, or to the service that delivers logs


KINDS: Final = MappingProxyType(
    {
        Says.DENIAL: "denial",
        Says.YIELDING_DENIAL: "yielding denial",
        Says.LIMIT: "limit",
        Says.REQUIREMENT: "requirement",
        Says.CAP: "cap",
        Says.GRANT: "grant",
    }
)
REACHES: Final = MappingProxyType(
    {
        Reach.ATTACHED: "attached",
        Reach.DIRECT: "direct",
        Reach.ROLE: "role",
        Reach.ACCOUNT: "account",
        Reach.PUBLIC_ACL: "public ACL",
        Reach.ACCOUNT_ACL: "account ACL",
    }
)
CALLER_SIDE: Final = Reach.ATTACHED | Reach.ROLE
ACLS: Final = Reach.PUBLIC_ACL | Reach.ACCOUNT_ACL


class Claim(NamedTuple):
    """One truth a layer states: what it says (of Says), with which Reach, and the layer's note of what it rests on."""

    says: int
    holds: Truth
    reach: int = Reach.NONE
    about: object = None


Verdict: TypeAlias = tuple[Claim, ...]

_TRUTHS: Final = (FALSE, UNKNOWN, TRUE)
DENIALS: Final = tuple(Claim(Says.DENIAL, truth) for truth in _TRUTHS)
LIMITS: Final = tuple(Claim(Says.LIMIT, truth) for truth in _TRUTHS)


class Source(NamedTuple):
    """Where the value of a condition key comes from; `name` is that of the fact, parameter, operation or action.

    `not_given`: absent, because nobody gave it and the context is complete. Of what is not known `name` is what would
    tell it, if something would.
    """

    form: Literal[
        "given", "principal", "resource", "action", "operation", "parameter", "fact", "not_given", "not_known"
    ]
    name: str | None = None


class ConditionResult(NamedTuple):
    """One condition of a cited statement: what it expects, what the request carries (None: not known), the outcome.

    `remark` says why the key is never there for such a request, if it is not.
    """

    operator: str
    key: str
    expected: tuple[str, ...]
    actual: tuple[str, ...] | None
    met: Truth
    source: Source | None = None
    remark: str | None = None


class Citation(NamedTuple):
    """Where it is written: the fact, the policy in it, the statement, with a JSON pointer into the fact's value."""

    fact: str
    pointer: str = ""
    policy: str | None = None
    arn: str | None = None
    sid: str | None = None
    statement: int | None = None
    conditions: tuple[ConditionResult, ...] = ()


class Shown(NamedTuple):
    """To whom S3 tells why: callers who are also allowed one of these actions on a resource; all others are told 403.

    `without` are condition keys that the question does not carry, whatever the call carries.
    """

    actions: tuple[str, ...]
    resource: str
    without: tuple[str, ...] = ()


class Words(NamedTuple):
    """A claim in words: a lower-case clause without a full stop, and where it is written.

    `needs` is the permission that would settle a doubt, `call` the AWS call that was tried for it and `account` where
    the permission is missing; `status` and `code` are what S3 answers because of it, None where that is not known or
    the answer carries no code. `shown_to` says who alone is told so. `sort` tells apart what a layer refuses in several
    ways of one kind, for whoever knows what mends each.
    """

    because: str
    citations: tuple[Citation, ...] = ()
    needs: str | None = None
    status: int | None = 403
    code: str | None = "AccessDenied"
    call: str | None = None
    account: str | None = None
    shown_to: Shown | None = None
    sort: str = ""


class Fork(NamedTuple):
    """That something else is asked for if a condition holds of which it is not known: `words` say so, as a doubt.

    `condition` is a clause, such as "the call names a version".
    """

    condition: str
    words: Words


class Finding(NamedTuple):
    """A claim, who makes it, and why."""

    layer: str
    claim: Claim
    words: Words
