"""Takes out of a draft what the documents leave open, or what they settle in more than one place."""

from .calls import COPIES, bucket_of, source_of
from .conditions import Json
from .public import publicness_is_open

LEVELS = ("bucket", "account", "organization", "access_point")
OF_A_BUCKET = frozenset(
    f"bucket.{name}" for name in ("policy", "acl", "tags", "abac", "ownership", "public_access_block")
)
OF_AN_OWNER = ("account.public_access_block", "organization.public_access_block", "organization.rcps")


def settle(case: Json) -> None:
    """Change the facts of a draft so that only one reading of them is left."""
    facts: Json = case["evidence"]
    if case.get("operation") == "CreateBucket":
        # A bucket that is only to be made has nothing yet.
        for fact in OF_A_BUCKET & facts.keys():
            del facts[fact]
    policies = [facts.get(name) for name in ("bucket.policy", "source.bucket.policy", "access_point.policy")]
    if any(publicness_is_open(policy) for policy in policies):
        _lift(facts, "RestrictPublicBuckets")
    if facts.get("bucket.ownership", "BucketOwnerEnforced") == "BucketOwnerEnforced":
        _lift(facts, "IgnorePublicAcls")
    if case.get("operation") in COPIES and source_of(case).bucket != bucket_of(case["resource"]):
        # Two buckets of one account are under the same settings of the account and its organization.
        same = facts["source.bucket.owner"] == facts["bucket.owner"]
        facts.update({f"source.{name}": facts[name] for name in OF_AN_OWNER if same and name in facts})


def _lift(facts: Json, flag: str) -> None:
    # Which of two reasons counts, or whether one counts at all, is open; such cases teach nothing.
    for level in LEVELS:
        setting = facts.get(f"{level}.public_access_block")
        if setting:
            setting[flag] = False
