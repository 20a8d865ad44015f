"""Causes around KMS keys; those that the evidence proves are told by the way in which the key refuses."""

from typing import Final

from why403.causes.model import NO_POLICY, possible

_KEY_POLICY: Final = "aws kms get-key-policy --key-id {resource} --policy-name default --query Policy --output text"

KEYS: Final = (
    possible(
        "kms",
        "implicit",
        16,
        "the object is encrypted with a KMS key that the caller may not use: IAM and the key's policy must both allow",
        (
            "which key is it?",
            "aws s3api head-object --bucket {bucket} --key {key} --version-id {version} --query SSEKMSKeyId",
        ),
        "allow kms:Decrypt on the key in the caller's policy and in the key's policy",
        wants="reads-object",
        missing_action="kms:Decrypt",
        rests_on="object.encryption",
    ),
    possible(
        "kms",
        "implicit",
        15,
        "the bucket encrypts with a KMS key that the caller may not use: IAM and the key's policy must both allow",
        ("which key is it?", "aws s3api get-bucket-encryption --bucket {bucket}"),
        "allow kms:GenerateDataKey on the key in the caller's policy and in the key's policy",
        wants="writes-object",
        bars=NO_POLICY | {"brings-no-key"},
        missing_action="kms:GenerateDataKey",
        rests_on="bucket.encryption",
    ),
    possible(
        "kms",
        "implicit",
        54,
        "what is said around the refusal speaks of a KMS key, which the caller may not use: IAM and the key's policy "
        "must both allow",
        ("which key is it?", "aws s3api get-bucket-encryption --bucket {bucket}"),
        "allow kms:Decrypt to read, and kms:GenerateDataKey to write, on the key in the caller's policy and the key's",
        wants="says-kms",
        missing_action="kms:Decrypt",
    ),
    possible(
        "kms",
        "implicit",
        55,
        "what is said around the refusal speaks of a KMS key, which the caller may not use: IAM and the key's policy "
        "must both allow",
        ("which key is it?", "aws s3api get-bucket-encryption --bucket {bucket}"),
        "allow kms:GenerateDataKey, and kms:Decrypt for uploads in parts, on the key in the caller's policy and the "
        "key's",
        wants="says-kms writes-object",
        missing_action="kms:GenerateDataKey",
    ),
    possible(
        "kms",
        "implicit",
        66,
        "the caller may not use the KMS key: IAM and the policy of the key must both allow {action} on {resource}",
        ("does the key's policy name the caller or its account, with {action}?", _KEY_POLICY),
        "allow {action} on {resource} in the caller's policy and in the policy of the key",
        wants="asks-for-key",
    ),
    possible(
        "rcp",
        "explicit",
        8,
        "a resource control policy of the organization that the KMS key belongs to denies it",
        (
            "as the management account: which policies apply to the account of the key?",
            "aws organizations list-policies-for-target --target-id {key_account} --filter RESOURCE_CONTROL_POLICY",
        ),
        "the organization's administrators add an exception",
        "manual",
        wants="asks-for-key",
    ),
    possible(
        "kms",
        "requirement",
        90,
        "the KMS key is disabled, about to be deleted, or gone; no policy is involved",
        ("what is the state of the key?", "aws kms describe-key --key-id KEY --query KeyMetadata.KeyState"),
        "enable the key, or cancel its deletion",
        "manual",
        wants="kms-code",
    ),
    possible(
        "kms",
        "implicit",
        1,
        "the policy of the KMS key lets in neither the caller nor its account",
        ("does the key's policy name the caller or its account, with {action}?", _KEY_POLICY),
        "allow {action} to exactly this role or user in the policy of the key, narrowed by kms:ViaService; callers of "
        "other accounts need it in their own policies as well",
        wants="is-key-policy",
    ),
    possible(
        "kms",
        "explicit",
        1,
        "a Deny in the policy of the KMS key hits the request",
        ("does the policy hold a Deny whose conditions the request meets?", _KEY_POLICY),
        "add an exception for this caller to the Deny's condition; do not remove the Deny",
        wants="is-key-policy",
    ),
    possible(
        "kms",
        "implicit",
        1,
        "the KMS key is managed by AWS, and no other account can ever use it",
        ("who manages the key?", "aws kms describe-key --key-id {resource} --query KeyMetadata.KeyManager"),
        "encrypt the object anew under a customer managed key whose policy lets the other account in",
        wants="is-managed-key",
    ),
    possible(
        "kms",
        "requirement",
        1,
        "what is under a KMS key is for requests that are signed with Signature Version 4",
        ("how was the request signed?", "aws sts get-caller-identity"),
        "sign the request with Signature Version 4; encrypt with S3's own keys what is to be public",
        "manual",
        wants="is-unsigned",
    ),
)
