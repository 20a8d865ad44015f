"""How long texts may be that are matched with each other, in characters; AWS allows far less."""

from typing import Final

LONGEST_TEXT: Final = 16_384
"""In requests and facts: a key has at most 1,024 bytes, the value of a tag 256 characters."""
LONGEST_ELEMENT: Final = 20_480
"""In policies: the largest document that AWS stores, a bucket's policy, has as many bytes."""
TOO_LONG: Final = f"must have at most {LONGEST_TEXT:,} characters"
ELEMENT_TOO_LONG: Final = f"must have at most {LONGEST_ELEMENT:,} characters"
