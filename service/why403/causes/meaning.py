"""What an error code means that no policy produced, and what is said of it in several places."""

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    """What a code means: the layer that knows it, the status it comes with, why, what to look at, what mends it."""

    layer: str
    status: int
    because: str
    what: str
    command: str
    fix: str


AUTHENTICATION: Final = "authentication"
WHO: Final = "aws sts get-caller-identity"
REGION: Final = "aws s3api head-bucket --bucket {bucket} --query BucketRegion"
HEAD: Final = "aws s3api head-object --bucket {bucket} --key {key}"
