"""The choices that the documents leave open; a case on whose outcome two of them differ teaches nothing."""

from itertools import combinations
from typing import NamedTuple


class Reading(NamedTuple):
    """One way to read what is open; the defaults are what the reference answers."""

    caller_names_bucket: bool = True
    """Section 9.1, U3: through an access point, the caller's policies may speak of the bucket behind it as well."""
    rcp_names_point: bool = True
    """Whether an RCP may name the access point, beside the bucket."""
    rcp_names_bucket: bool = True
    """Whether an RCP that names the bucket reaches a request through an access point."""
    bucket_must_trust: bool = True
    """Section 9.1: whether callers of the bucket's own account need a bucket policy that trusts a foreign point."""
    regions_point_must_grant: bool = False
    """Section 9.2, U4: whether a Multi-Region access point and its bucket must let in callers of their own account."""
    copies_unseen_tags: bool = True
    """Whether a copy needs the actions on tags where nobody said that its source has any."""
    header_is_equivalent: bool = True
    """Section 7.1: whether a grant header may say the same as `bucket-owner-full-control`, which always passes."""
    bucket_key: bool = False
    """Section 1.9(5): the encryption context is the bucket with S3 Bucket Keys, else the object."""
    every_part_needs_both: bool = False
    """Whether a copied part and an upload's completion need both actions, as 1.9 says, or one, as 6.1 does."""
    creating_decrypts: bool = True
    """Whether an upload's start needs both, as section 6.1 says, or fails on parts only, as row 140 does."""
    rcp_reaches_key: bool = False
    """Whether the RCPs of the bucket's organization are those of a key in another account."""
    grant_is_limited: bool = False
    """Whether boundary and session policies limit a KMS grant, and a grantee abroad needs an identity policy."""
    state_before_policies: bool = False
    """Whether a key's state is named before what forbids using it."""
    object_context_holds_more: bool = False
    """Whether an object was encrypted with a context of the caller's beside that of S3, which no later call tells."""
    days_begun_count: bool = False
    """Whether the day that has begun counts among those that are left of a retention."""
    last_session_tells: bool = True
    """Of the two sessions of a directory bucket that a read is refused, which one's refusal is told."""
    mode_may_tighten: bool = True
    """Section 1.7: whether a longer retention may turn governance into compliance without bypassing it."""


USUAL = Reading()
OF_ACCESS_POINTS = (
    Reading(caller_names_bucket=False, rcp_names_bucket=False),
    Reading(rcp_names_point=False),
    Reading(bucket_must_trust=False),
)
OF_MULTI_REGION_POINTS = (Reading(regions_point_must_grant=True),)
OF_GRANT_HEADERS = (Reading(header_is_equivalent=False),)
OF_COPIES = (Reading(copies_unseen_tags=False),)
OF_SESSIONS = (Reading(last_session_tells=False),)
OF_RETENTION = (Reading(mode_may_tighten=False), Reading(days_begun_count=True))
KEY_POINTS = {
    "bucket_key": True,
    "every_part_needs_both": True,
    "creating_decrypts": False,
    "rcp_reaches_key": True,
    "grant_is_limited": True,
    "object_context_holds_more": True,
    "state_before_policies": True,
}
OF_KEYS = tuple(
    USUAL._replace(**dict(points)) for number in (1, 2) for points in combinations(KEY_POINTS.items(), number)
)
"""Two points that are open may decide only together."""
