"""What the texts of layers are: clauses that stand inside sentences."""

import re
from typing import Final

_NAMES: Final = frozenset({"ABAC", "ACLs", "AWS", "AWS's", "KMS", "MFA", "S3"})
_FIRST: Final = re.compile(r"[a-z`]|[A-Z][a-z]+[A-Z]")  # a word, a quotation, or the name of a call or a setting


def is_clause(text: str) -> bool:
    """Return whether a text can go on in a sentence: no capital but a name's, no full stop, nothing missing inside."""
    first = text.partition(" ")[0]
    begins = bool(_FIRST.match(first)) or first in _NAMES
    return begins and "  " not in text and text == text.strip() and not text.endswith(".")
