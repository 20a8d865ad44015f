"""What an error code means that no policy produced, and what is said of it in several places."""

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    """What a code means: the layer that knows it, the status it comes with, why, what to look at, what mends it.

    `kind` is that of the refusal: what is no policy, but for settings that deny. `status` is None where the call was
    never sent.
    """

    layer: str
    status: int | None
    because: str
    what: str
    command: str
    fix: str
    kind: str = "requirement"


AUTHENTICATION: Final = "authentication"
WHO: Final = "aws sts get-caller-identity"
CREDENTIALS: Final = (
    "do the credentials work at all? An answer with the expected caller speaks against this cause",
    WHO,
)
REGION: Final = "aws s3api head-bucket --bucket {bucket} --query BucketRegion"
HEAD: Final = "aws s3api head-object --bucket {bucket} --key {key} --version-id {version}"
SIGNED: Final = "printf '%s' \"$URL\" | grep -o 'X-Amz-SignedHeaders=[^&]*'"
"""What a presigned URL, which nobody should paste, was signed for."""
CORS: Final = Meaning(
    AUTHENTICATION,
    403,
    "the browser asked before the call (CORS), and no rule of the bucket admits its origin, method or headers",
    "does a rule admit the origin, the method and the headers?",
    "aws s3api get-bucket-cors --bucket {bucket}",
    "add a rule to the bucket's CORS configuration for this origin, method and these headers",
)
