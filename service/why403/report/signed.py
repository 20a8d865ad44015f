"""What S3 read of a call: of `StringToSign` and `CanonicalRequest` only words of closed sets are kept.

AWS: "Error responses"; "Signature Calculations for the Authorization Header"; "Signing and Authenticating REST
Requests" (signature version 2), all of the Amazon S3 API Reference.
"""

import re
from typing import Final

MARK: Final = "***"
"""What stands in the place of a secret."""

# The registered kinds of media, and what SDKs write: nothing else is taken out of what was signed.
_MEDIA: Final = (
    r"(?P<type>(?:application|audio|binary|font|image|message|model|multipart|text|video)/[a-z0-9][a-z0-9.+-]{0,60})\b"
)
_METHOD: Final = r"(?P<method>GET|HEAD|PUT|POST|DELETE)"
_BEGINS: Final = re.compile(rf"\s{{0,20}}{_METHOD}\b")
_TYPE: Final = re.compile(rf"^content-type:{_MEDIA}", re.MULTILINE)
_OLD_TYPE: Final = re.compile(rf"\n[^\n]{{0,40}}\n{_MEDIA}")
_BY_URL: Final = re.compile(r"X-Amz-SignedHeaders=|\s\d{10}\s")
_LONGEST: Final = 4000
KEPT: Final = rf"{_METHOD}(?: {_MEDIA})?(?P<by_url> by URL)? \*\*\*"
"""A pattern of what is kept: the method, the kind of media, and whether the call was signed in its URL."""
_KEPT: Final = re.compile(KEPT)


def kept(signed: str) -> str:
    """Return what stands for the text that S3 signed; of what it stands for already, the same."""
    found = _BEGINS.match(signed)
    if found is None:
        return MARK
    if _KEPT.fullmatch(signed):
        return signed
    rest = signed[found.end() : found.end() + _LONGEST]
    typed = _OLD_TYPE.match(rest) or _TYPE.search(rest)
    media = f" {typed['type']}" if typed else ""
    return f"{found['method']}{media}{' by URL' if _BY_URL.search(rest) else ''} {MARK}"
