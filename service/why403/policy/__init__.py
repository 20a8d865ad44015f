"""The policy language: documents compiled once, judged in three truth values, cited by statement; pure."""

from why403.policy.advice import advise, no_actions, not_storable, too_long
from why403.policy.compiled import (
    Placed,
    Policies,
    Policy,
    PolicyLoader,
    one_policy,
    policies_of,
    policy_list,
)
from why403.policy.document import PolicyKind
from why403.policy.endpoint import advise_endpoint
from why403.policy.filters import boundary_fixes, endpoint_fixes, organization_fixes, session_fixes
from why403.policy.fixes import (
    access_point_fixes,
    bucket_policy_fixes,
    identity_fixes,
    in_place_of_own,
    not_by_this_point,
    policy_not_stored,
)
from why403.policy.gates import capping, downwards, gate, gate_words, granting
from why403.policy.guarding import minding
from why403.policy.homes import RESOURCE_CONTROL_MOST, RESOURCE_MOST, SERVICE_CONTROL_MOST
from why403.policy.key_policies import key_administrator, key_policy_fixes
from why403.policy.levels import Level, levels, policies_by_level
from why403.policy.limiting import limited_to
from why403.policy.naming import doubted, naming, unread, unsure_of_boundary
from why403.policy.nearest import near_miss
from why403.policy.public import is_public
from why403.policy.ruling import (
    NO_GRANTS,
    Grants,
    allows_caller,
    bounded,
    capped,
    ceiling,
    denies_caller,
    grants,
    names_account,
    rule,
)

__all__ = [
    "NO_GRANTS",
    "RESOURCE_CONTROL_MOST",
    "RESOURCE_MOST",
    "SERVICE_CONTROL_MOST",
    "Grants",
    "Level",
    "Placed",
    "Policies",
    "Policy",
    "PolicyKind",
    "PolicyLoader",
    "access_point_fixes",
    "advise",
    "advise_endpoint",
    "allows_caller",
    "boundary_fixes",
    "bounded",
    "bucket_policy_fixes",
    "capped",
    "capping",
    "ceiling",
    "denies_caller",
    "doubted",
    "downwards",
    "endpoint_fixes",
    "gate",
    "gate_words",
    "granting",
    "grants",
    "identity_fixes",
    "in_place_of_own",
    "is_public",
    "key_administrator",
    "key_policy_fixes",
    "levels",
    "limited_to",
    "minding",
    "names_account",
    "naming",
    "near_miss",
    "no_actions",
    "not_by_this_point",
    "not_storable",
    "one_policy",
    "organization_fixes",
    "policies_by_level",
    "policies_of",
    "policy_list",
    "policy_not_stored",
    "rule",
    "session_fixes",
    "too_long",
    "unread",
    "unsure_of_boundary",
]
