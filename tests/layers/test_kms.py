"""KMS keys: whom their policies and grants let in, whom they keep out, and when nobody can use them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import answer
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    FEDERATED,
    HOME,
    NOT_KNOWN,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    Worded,
    allow,
    deny,
    layer,
    policy,
    said,
    worded,
)
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact, Found
from why403.domain.request import AccessRequest, Call
from why403.domain.states import BUCKET_ENCRYPTION, OBJECT_ENCRYPTION
from why403.testing import a_request
from why403_layers.keys import GRANTS, KEY_ARN, KEY_MANAGER, KEY_POLICY, KEY_STATE
from why403_layers.permissions_boundary import BOUNDARY

KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd"
THEIRS = f"arn:aws:kms:eu-west-1:{AWAY}:key/1234abcd"
ANY_KEY = "arn:aws:kms:*:*:key/*"
OF_ALIAS = f"arn:aws:kms:eu-west-1:{HOME}:key/*"
READ = Call(operation="GetObject")
TO_HOME = {"Principal": {"AWS": ROOT}}
DELEGATES = policy(allow("kms:*", **TO_HOME))
NOBODY = policy(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{HOME}:role/admin"}))
USABLE = "requirement: true"
STATES = ("Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable", "Creating")


def on_key(
    facts: dict[Fact[Any], object], action: str = "kms:Decrypt", resource: str = KEY, **more: Any
) -> AccessRequest:
    """Return what S3 asks for a call that reads an object under a key that can be used, unless facts say otherwise."""
    usual: dict[Fact[Any], object] = {KEY_STATE: "Enabled", KEY_MANAGER: "CUSTOMER", GRANTS: None}
    held = {**usual, **facts}
    known: dict[Fact[Any], object] = {fact: value for fact, value in held.items() if value != "not given"}
    return a_request(action, resource=resource, facts=known, **{"call": READ, **more})


def granted(to: str = USER, *operations: str, **constraints: Any) -> dict[str, Any]:
    """Return one grant of the key."""
    return {"grantee": to, "operations": list(operations or ("Decrypt",)), "constraints": constraints or None}


def naming(*principals: str, **elements: Any) -> dict[str, Any]:
    return policy(allow("kms:Decrypt", Principal={"AWS": list(principals)}, **elements))


OBJECT_ARN = "arn:aws:s3:::reports/q3.csv"
CONTEXT = {"kms:EncryptionContext:aws:s3:arn": [OBJECT_ARN], "kms:EncryptionContextKeys": ["aws:s3:arn"]}
BY_EVERYBODY = {"denial: false", "limit: true", "grant direct: true", USABLE}
HELD_BACK = {"denial: false", "limit: false", USABLE}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    # --- the policy ---------------------------------------------------------------------------------------------------
    "delegation lets in, and leaves the choice to the account": (
        on_key({KEY_POLICY: DELEGATES}),
        {"denial: false", "limit: true", "grant account: true", USABLE},
    ),
    "a user that is named": (on_key({KEY_POLICY: naming(USER)}), BY_EVERYBODY),
    "a session that is named": (on_key({KEY_POLICY: naming(SESSION)}, principal=SESSION), BY_EVERYBODY),
    "the role behind the session": (
        on_key({KEY_POLICY: naming(ROLE)}, principal=SESSION),
        {"denial: false", "limit: true", "grant role: true", USABLE},
    ),
    "a role": (
        on_key({KEY_POLICY: naming(ROLE)}, principal=ROLE),
        {"denial: false", "limit: true", "grant role: true", USABLE},
    ),
    "a session whose role may be in another path": (
        on_key({KEY_POLICY: naming(ROLE.replace("role/", "role/team/"))}, principal=SESSION, rest="unknown"),
        {"denial: false", "limit: unknown", "grant role: unknown", USABLE},
    ),
    "everybody": (on_key({KEY_POLICY: policy(allow("kms:*", Principal="*"))}), BY_EVERYBODY),
    "root of the account that is named": (on_key({KEY_POLICY: DELEGATES}, principal=ROOT), BY_EVERYBODY),
    "root of an account whose key names somebody else": (on_key({KEY_POLICY: NOBODY}, principal=ROOT), HELD_BACK),
    "somebody else": (on_key({KEY_POLICY: NOBODY}), HELD_BACK),
    "another action": (on_key({KEY_POLICY: policy(allow("kms:Encrypt", **TO_HOME))}), HELD_BACK),
    "another account": (on_key({KEY_POLICY: naming(AWAY)}), HELD_BACK),
    "a condition that is not met": (
        on_key(
            {KEY_POLICY: naming(ROOT, Condition={"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}})},
            keys={"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]},
        ),
        HELD_BACK,
    ),
    "a condition that is not known": (
        on_key({KEY_POLICY: naming(USER, Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/x"}})}),
        {"denial: false", "limit: unknown", "grant direct: unknown", USABLE},
    ),
    "a Deny of the account": (
        on_key({KEY_POLICY: policy(allow("kms:*", **TO_HOME), deny("kms:Decrypt", **TO_HOME))}),
        {"denial: true", "limit: true", "grant account: true", USABLE},
    ),
    "a Deny of everybody but the account and the user": (
        on_key({KEY_POLICY: policy(deny("kms:*", NotPrincipal={"AWS": [ROOT, USER]}))}),
        HELD_BACK,
    ),
    "such a Deny where a boundary is not known": (
        on_key({KEY_POLICY: policy(deny("kms:*", NotPrincipal={"AWS": [ROOT, USER]})), BOUNDARY: NOT_KNOWN}),
        {"denial: unknown", "limit: false", USABLE},
    ),
    "such a Deny where there is one": (
        on_key({KEY_POLICY: policy(deny("kms:*", NotPrincipal={"AWS": [ROOT, USER]})), BOUNDARY: policy(allow())}),
        {"denial: true", "limit: false", USABLE},
    ),
    "no policy at all": (on_key({KEY_POLICY: None}), HELD_BACK),
    "a policy that is not known": (
        on_key({KEY_POLICY: NOT_KNOWN}),
        {
            *("denial: unknown", "limit: unknown", USABLE),
            *("grant direct: unknown", "grant role: unknown", "grant account: unknown"),
        },
    ),
    "a policy that nobody listed is not none, however complete the evidence": (
        on_key({KEY_POLICY: "not given"}),
        {
            *("denial: unknown", "limit: unknown", USABLE),
            *("grant direct: unknown", "grant role: unknown", "grant account: unknown"),
        },
    ),
    "a federated user whose user is not known": (
        on_key({KEY_POLICY: naming(USER)}, principal=FEDERATED, rest="unknown"),
        {"denial: false", "limit: unknown", "grant role: unknown", USABLE},
    ),
    "a service that is named": (
        on_key({KEY_POLICY: policy(allow("kms:*", Principal={"Service": SERVICE}))}, principal=SERVICE),
        BY_EVERYBODY,
    ),
    "a service that is not": (on_key({KEY_POLICY: DELEGATES}, principal=SERVICE), HELD_BACK),
    # --- grants -------------------------------------------------------------------------------------------------------
    "a grant to the user, as far as nothing limits it": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted()]}),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant to the role behind the session": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted(ROLE)]}, principal=SESSION),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant to the account": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted(ROOT)]}),
        {"denial: false", "limit: true", "grant account: true", USABLE},
    ),
    "a grant to a service": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted(SERVICE)]}, principal=SERVICE),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant of something else": (on_key({KEY_POLICY: NOBODY, GRANTS: [granted(USER, "Encrypt")]}), HELD_BACK),
    "a grant to somebody else": (on_key({KEY_POLICY: NOBODY, GRANTS: [granted(ROLE)]}), HELD_BACK),
    "a grant in the context that is there": (
        on_key(
            {
                KEY_POLICY: NOBODY,
                GRANTS: [granted(USER, "Decrypt", EncryptionContextEquals={"aws:s3:arn": OBJECT_ARN})],
            },
            keys=CONTEXT,
        ),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant that spells the names of the context otherwise": (
        on_key(
            {
                KEY_POLICY: NOBODY,
                GRANTS: [granted(USER, "Decrypt", EncryptionContextEquals={"AWS:S3:Arn": OBJECT_ARN})],
            },
            keys=CONTEXT,
        ),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant that spells a value of the context otherwise": (
        on_key(
            {
                KEY_POLICY: NOBODY,
                GRANTS: [granted(USER, "Decrypt", EncryptionContextSubset={"aws:s3:arn": OBJECT_ARN.upper()})],
            },
            keys=CONTEXT,
        ),
        HELD_BACK,
    ),
    "a grant in a context that holds more": (
        on_key(
            {
                KEY_POLICY: NOBODY,
                GRANTS: [granted(USER, "Decrypt", EncryptionContextEquals={"aws:s3:arn": OBJECT_ARN, "a": "b"})],
            },
            keys={**CONTEXT, "kms:EncryptionContext:a": ["b"]},
        ),
        HELD_BACK,
    ),
    "a grant in another context": (
        on_key(
            {KEY_POLICY: NOBODY, GRANTS: [granted(USER, "Decrypt", EncryptionContextSubset={"aws:s3:arn": "x"})]},
            keys=CONTEXT,
        ),
        HELD_BACK,
    ),
    "a grant in a part of the context": (
        on_key(
            {KEY_POLICY: NOBODY, GRANTS: [granted(USER, "Decrypt", EncryptionContextSubset={"a": "b"})]},
            keys={**CONTEXT, "kms:EncryptionContext:a": ["b"], "kms:EncryptionContextKeys": None},
        ),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "a grant in a context that is not known": (
        on_key(
            {KEY_POLICY: NOBODY, GRANTS: [granted(USER, "Decrypt", EncryptionContextEquals={"aws:s3:arn": "x"})]},
            keys={"kms:EncryptionContext:aws:s3:arn": ["x"], "kms:EncryptionContextKeys": None},
        ),
        {"denial: false", "limit: unknown", "grant direct: unknown", "grant role: unknown", USABLE},
    ),
    "one of several grants": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted(ROLE), granted(USER, "Encrypt"), granted()]}),
        {"denial: false", "limit: true", "grant direct: unknown", "grant role: true", USABLE},
    ),
    "grants that are not known": (
        on_key({KEY_POLICY: NOBODY, GRANTS: NOT_KNOWN}),
        {
            *("denial: false", "limit: unknown", USABLE),
            *("grant direct: unknown", "grant role: unknown", "grant account: unknown"),
        },
    ),
    "grants that are not known give nothing that no grant can give": (
        on_key({KEY_POLICY: NOBODY, GRANTS: NOT_KNOWN}, action="kms:PutKeyPolicy"),
        HELD_BACK,
    ),
    # --- who manages it -----------------------------------------------------------------------------------------------
    "a key that AWS manages is for its own account": (
        on_key({KEY_POLICY: policy(allow("kms:*", Principal="*")), KEY_MANAGER: "AWS"}, resource=THEIRS),
        {"denial: false", "limit: true", "limit: false", "grant direct: true", USABLE},
    ),
    "it may be such a key": (
        on_key({KEY_POLICY: naming(USER), KEY_MANAGER: NOT_KNOWN}, resource=THEIRS),
        {"denial: false", "limit: true", "limit: unknown", "grant direct: true", USABLE},
    ),
    "who manages it does not matter within the account": (
        on_key({KEY_POLICY: naming(USER), KEY_MANAGER: NOT_KNOWN}),
        BY_EVERYBODY,
    ),
    "the policy of such a key is known without being given": (
        on_key({KEY_POLICY: "not given", KEY_MANAGER: "AWS"}),
        BY_EVERYBODY,
    ),
    "one that could not be read is not": (
        on_key({KEY_POLICY: NOT_KNOWN, KEY_MANAGER: "AWS"}),
        {
            *("denial: unknown", "limit: unknown", USABLE),
            *("grant direct: unknown", "grant role: unknown", "grant account: unknown"),
        },
    ),
    # --- its state ----------------------------------------------------------------------------------------------------
    **{
        f"a key that is {state}": (
            on_key({KEY_POLICY: naming(USER), KEY_STATE: state}),
            {*BY_EVERYBODY - {USABLE}, "requirement: false"},
        )
        for state in STATES
    },
    "a key that is being updated": (on_key({KEY_POLICY: naming(USER), KEY_STATE: "Updating"}), BY_EVERYBODY),
    "a state that is not known": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: NOT_KNOWN}),
        {*BY_EVERYBODY - {USABLE}, "requirement: unknown"},
    ),
    "a state that nobody gave, once a key is used": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: "not given"}, rest="unknown"),
        {*BY_EVERYBODY - {USABLE}, "requirement: unknown"},
    ),
    "a state that complete evidence does not list": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: "not given"}),
        BY_EVERYBODY - {USABLE},
    ),
    "what is asked of an action is no state": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: "Disabled"}, call=None),
        BY_EVERYBODY - {USABLE},
    ),
    # --- whoever does not sign, and keys that are not known -----------------------------------------------------------
    "an anonymous caller": (
        on_key({KEY_POLICY: policy(allow("kms:*", Principal="*"))}, principal=ANONYMOUS),
        {"requirement: false", "grant direct: true"},
    ),
    "an old signature": (
        on_key({KEY_POLICY: naming(USER)}, keys={"s3:signatureversion": ["AWS"]}),
        {"requirement: false", "grant direct: true"},
    ),
    "a key that is not known": (
        on_key({KEY_POLICY: naming(USER)}, resource=ANY_KEY),
        {"requirement: unknown", "grant direct: unknown"},
    ),
    "a key of which only the account is known, so that facts are about it": (
        on_key({KEY_POLICY: naming(USER)}, resource=OF_ALIAS),
        BY_EVERYBODY,
    ),
    # --- what is no key -----------------------------------------------------------------------------------------------
    "an object": (a_request(facts={KEY_POLICY: NOBODY}), set()),
    "an alias": (on_key({}, action="kms:UpdateAlias", resource=f"arn:aws:kms:eu-west-1:{HOME}:alias/x"), set()),
    "all keys": (on_key({}, action="kms:ListKeys", resource="*"), set()),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the statement that delegates": (
        on_key({KEY_POLICY: DELEGATES}),
        "limit: true",
        Worded("statement 1 of the key policy allows kms:Decrypt", ("kms.key_policy/Statement/0",)),
    ),
    "what the policy lacks": (
        on_key({KEY_POLICY: NOBODY}),
        "limit: false",
        Worded(
            f"no statement of the key policy allows kms:Decrypt on {KEY}; statement 1 comes closest, but its Principal "
            f"`arn:aws:iam::{HOME}:role/admin` names role/admin, the caller is user/ana",
            ("kms.key_policy/Statement/0",),
        ),
    ),
    "what the policy denies": (
        on_key({KEY_POLICY: policy(deny("kms:*", Sid="No", Principal="*"))}),
        "denial: true",
        Worded("statement `No` of the key policy denies kms:Decrypt", ("kms.key_policy/Statement/0",)),
    ),
    "that a Bucket Key may hide it for a while": (
        on_key(
            {KEY_POLICY: policy(deny("kms:*", Sid="No", Principal="*"))},
            keys={"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::reports"]},
        ),
        "denial: true",
        Worded(
            "statement `No` of the key policy denies kms:Decrypt; with a Bucket Key S3 does not ask for each object, "
            "so some calls may still succeed",
            ("kms.key_policy/Statement/0",),
        ),
    ),
    "that there is no policy": (
        on_key({KEY_POLICY: None}),
        "limit: false",
        Worded("the KMS key has no policy, so none allows kms:Decrypt", ("kms.key_policy",)),
    ),
    "that the policy is not known": (
        on_key({KEY_POLICY: NOT_KNOWN}),
        "limit: unknown",
        Worded("`kms.key_policy` is not known", needs="kms:GetKeyPolicy"),
    ),
    "that every key has one": (
        on_key({KEY_POLICY: "not given"}),
        "limit: unknown",
        Worded("every KMS key has a policy, and that of this one is not given", needs="kms:GetKeyPolicy"),
    ),
    "that a grant may be what lets in": (
        on_key({KEY_POLICY: NOBODY, GRANTS: NOT_KNOWN}),
        "limit: unknown",
        Worded(
            "the key policy lets in neither the caller nor its account, and whether a grant of the key does is open",
            needs="kms:ListGrants",
        ),
    ),
    "the grant": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted(ROLE), granted()]}),
        "grant role: true",
        Worded("a grant of the KMS key allows kms:Decrypt", ("kms.grants/1",)),
    ),
    "that the grant lets in": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted()]}),
        "limit: true",
        Worded("a grant of the KMS key allows kms:Decrypt", ("kms.grants/0",)),
    ),
    "that a limit may hold for the grant": (
        on_key({KEY_POLICY: NOBODY, GRANTS: [granted()]}),
        "grant direct: unknown",
        Worded("a grant of the KMS key may allow kms:Decrypt", ("kms.grants/0",)),
    ),
    "who manages it": (
        on_key({KEY_POLICY: naming(AWAY), KEY_MANAGER: "AWS", GRANTS: [granted()]}, resource=THEIRS),
        "limit: false",
        Worded(
            f"the key {THEIRS} is managed by AWS, so only callers of its own account can use it, and its policy cannot "
            "be changed",
            ("kms.key_manager",),
        ),
    ),
    "that it is not known who does": (
        on_key({KEY_POLICY: naming(USER), KEY_MANAGER: NOT_KNOWN}, resource=THEIRS),
        "limit: unknown",
        Worded(
            "a key that AWS manages is for its own account only, and who manages this one is not known",
            needs="kms:DescribeKey",
        ),
    ),
    "what everybody knows of such a key": (
        on_key({KEY_POLICY: "not given", KEY_MANAGER: "AWS"}),
        "limit: true",
        Worded(
            "the policy of a key that AWS manages lets everybody in the account use it by way of S3",
            ("kms.key_manager",),
        ),
    ),
    "that it is disabled": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: "Disabled"}),
        "requirement: false",
        Worded(
            f"the KMS key {KEY} is `Disabled`, so nobody can use it",
            ("kms.key_state",),
            status=400,
            code="KMS.DisabledException",
        ),
    ),
    "that it is about to be deleted": (
        on_key({KEY_POLICY: naming(USER), KEY_STATE: "PendingDeletion"}),
        "requirement: false",
        Worded(
            f"the KMS key {KEY} is `PendingDeletion`, so nobody can use it",
            ("kms.key_state",),
            status=400,
            code="KMS.KMSInvalidStateException",
        ),
    ),
    "that it can be used": (
        on_key({KEY_POLICY: naming(USER)}),
        "requirement: true",
        Worded("the KMS key is `Enabled`, so it can be used", ("kms.key_state",)),
    ),
    "that whoever reads it must sign": (
        on_key({KEY_POLICY: naming(USER)}, principal=ANONYMOUS),
        "requirement: false",
        Worded(
            "S3 reads and writes under a KMS key only for requests that are signed with Signature Version 4",
            status=400,
            code="InvalidArgument",
        ),
    ),
    "that the key is not known": (
        on_key({}, resource="arn:aws:kms:*:*:key/*", rest="unknown"),
        "requirement: unknown",
        Worded("it is not known on which KMS key kms:Decrypt is needed", needs="s3:GetObject"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("kms", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("kms", asked, claim) == words


# --- facts ------------------------------------------------------------------------------------------------------------

ONE = {"grantee": ROLE, "operations": ["Decrypt"]}
PLACES = {"EncryptionContextSubset": {"aws:s3:arn": "arn:aws:s3:::reports", "purpose": ""}}
GOOD: list[tuple[Fact[Any], Any]] = [
    (OBJECT_ENCRYPTION, {"algorithm": "aws:kms", "key": KEY}),
    (OBJECT_ENCRYPTION, {"algorithm": "aws:kms", "key": KEY, "bucket_key": True}),
    (OBJECT_ENCRYPTION, {"algorithm": "AES256", "key": None}),
    (BUCKET_ENCRYPTION, {"algorithm": "aws:kms:dsse", "key": "alias/reports", "bucket_key": False}),
    (BUCKET_ENCRYPTION, {"algorithm": "AES256", "blocked": ["SSE-C"]}),
    (BUCKET_ENCRYPTION, {"blocked": ["NONE"]}),
    (KEY_ARN, KEY),
    (KEY_POLICY, DELEGATES),
    (KEY_STATE, "PendingDeletion"),
    (KEY_MANAGER, "AWS"),
    (GRANTS, [ONE, {**ONE, "constraints": PLACES}, {**ONE, "constraints": None}]),
]
BAD: list[tuple[Fact[Any], Any, list[str]]] = [
    (OBJECT_ENCRYPTION, "aws:kms", [""]),
    (OBJECT_ENCRYPTION, {"algorithm": "kms"}, ["/algorithm"]),
    (OBJECT_ENCRYPTION, {"key": KEY}, [""]),
    (OBJECT_ENCRYPTION, {"algorithm": "aws:kms", "key": 1, "blocked": []}, ["/blocked"]),
    (OBJECT_ENCRYPTION, {"algorithm": "aws:kms", "bucket_key": "true"}, ["/bucket_key"]),
    (BUCKET_ENCRYPTION, [1], [""]),
    (BUCKET_ENCRYPTION, {"algorithm": "AES-256", "key": "", "blocked": "SSE-C"}, ["/algorithm", "/key", "/blocked"]),
    (BUCKET_ENCRYPTION, {"blocked": ["NONE", "SSE-KMS"]}, ["/blocked/1"]),
    (KEY_ARN, "alias/aws/s3", [""]),
    (KEY_ARN, f"arn:aws:kms:eu-west-1:{HOME}:alias/x", [""]),
    (KEY_ARN, 1, [""]),
    (KEY_POLICY, {"Statement": [allow()]}, ["/Statement/0"]),
    (KEY_STATE, "enabled", [""]),
    (KEY_MANAGER, "Customer", [""]),
    (GRANTS, ONE, [""]),
    (GRANTS, [ONE, {"grantee": "x"}, {**ONE, "operations": "Decrypt"}], ["/1", "/2/operations"]),
    (GRANTS, [{**ONE, "operations": ["kms:Decrypt"]}], ["/0/operations/0"]),
    (GRANTS, [{**ONE, "constraints": {"EncryptionContext": {}}}], ["/0/constraints/EncryptionContext"]),
    (
        GRANTS,
        [{**ONE, "constraints": {"EncryptionContextEquals": {"a/b": 1}}}],
        ["/0/constraints/EncryptionContextEquals/a~1b"],
    ),
]


def told(value: object) -> str:
    return value.name if isinstance(value, Fact) else str(value)


@pytest.mark.parametrize(("fact", "value"), GOOD, ids=told)
def test_a_value_of_the_contract_s_shape_is_taken(fact: Fact[Any], value: Any) -> None:
    assert isinstance(fact.observe(value), Found)


@pytest.mark.parametrize(("fact", "value", "pointers"), BAD, ids=told)
def test_any_other_value_is_refused_where_it_is_wrong(fact: Fact[Any], value: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        fact.observe(value)
    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_every_fact_is_in_both_tables() -> None:
    provided = set(layer("kms").provides)
    assert {fact for fact, _ in GOOD} == {fact for fact, _, _ in BAD} == provided


# --- laws -------------------------------------------------------------------------------------------------------------

OF_KEY = {"kms.key_state": "Enabled", "kms.key_manager": "CUSTOMER"}
EVERYTHING = policy(allow())
_PRINCIPALS = st.lists(
    st.sampled_from([USER, ROLE, SESSION, ROOT, HOME, AWAY, f"arn:aws:iam::{HOME}:role/admin"]), min_size=1, max_size=3
)
_STATEMENTS = st.builds(
    lambda effect, principals, action: {
        "Effect": effect,
        "Principal": {"AWS": principals},
        "Action": action,
        "Resource": "*",
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    _PRINCIPALS,
    st.sampled_from(["kms:*", "kms:Decrypt", "kms:Encrypt"]),
)
_CALLERS = st.sampled_from([USER, ROLE, SESSION, ROOT, f"arn:aws:iam::{AWAY}:user/eve"])


def read(principal: str, statements: list[dict[str, Any]], own: dict[str, Any], **facts: Any) -> str:
    """Return the decision about reading an object under a key that has this policy."""
    evidence = {
        "principal.policies": [own],
        "bucket.owner": HOME,
        "bucket.policy": policy(allow("s3:GetObject", Principal="*")),
        "object.encryption": {"algorithm": "aws:kms", "key": KEY},
        "kms.key_policy": policy(*statements) if statements else None,
        **OF_KEY,
        **facts,
    }
    request = {"principal": principal, "operation": "GetObject", "resource": OBJECT_ARN, "evidence": evidence}
    return str(answer({**request, "evidence_is_complete": True})["decision"])


def _delegates(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Allow" and bool({ROOT, HOME} & set(statement["Principal"]["AWS"]))


@given(_CALLERS, st.lists(_STATEMENTS, max_size=4))
def test_without_being_named_or_delegated_to_nobody_gets_through(
    principal: str, statements: list[dict[str, Any]]
) -> None:
    strangers = [
        {**each, "Principal": {"AWS": [f"arn:aws:iam::{HOME}:role/admin"]}} if each["Effect"] == "Allow" else each
        for each in statements
    ]
    assert read(principal, strangers, EVERYTHING) == "denied"


@given(_CALLERS, st.lists(_STATEMENTS, max_size=4))
def test_a_denial_more_never_allows(principal: str, statements: list[dict[str, Any]]) -> None:
    more = {"Effect": "Deny", "Principal": {"AWS": [HOME]}, "Action": "kms:*", "Resource": "*"}
    before, after = (read(principal, each, EVERYTHING) for each in (statements, [*statements, more]))
    assert after != "allowed" or before == "allowed"
    assert after == "denied" or AWAY in principal


@given(_CALLERS, st.lists(_STATEMENTS, max_size=4))
def test_an_allow_more_never_denies(principal: str, statements: list[dict[str, Any]]) -> None:
    more = {"Effect": "Allow", "Principal": {"AWS": [HOME, USER]}, "Action": "kms:*", "Resource": "*"}
    before, after = (read(principal, each, EVERYTHING) for each in (statements, [*statements, more]))
    assert before != "allowed" or after == "allowed"


@given(_CALLERS, st.lists(_STATEMENTS, max_size=4), st.sampled_from(["kms.key_policy", "kms.grants", *OF_KEY]))
def test_knowing_less_never_turns_a_decision_around(
    principal: str, statements: list[dict[str, Any]], fact: str
) -> None:
    full = read(principal, statements, EVERYTHING)
    assert read(principal, statements, EVERYTHING, **{fact: NOT_KNOWN}) in {full, "unknown"}


@given(st.lists(_STATEMENTS, max_size=4))
def test_within_the_account_one_of_both_sides_suffices_only_where_the_key_delegates(
    statements: list[dict[str, Any]],
) -> None:
    reading = policy(allow("s3:*"))
    asked = [each for each in statements if each["Action"] != "kms:Encrypt"]
    denied = any(each["Effect"] == "Deny" and {USER, ROOT, HOME} & set(each["Principal"]["AWS"]) for each in asked)
    named = any(each["Effect"] == "Allow" and USER in each["Principal"]["AWS"] for each in asked)
    delegated = any(_delegates(each) for each in asked)
    assert read(USER, statements, EVERYTHING) == ("allowed" if not denied and (named or delegated) else "denied")
    assert read(USER, statements, reading) == ("allowed" if not denied and named else "denied")
