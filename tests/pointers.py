"""JSON pointers followed to the letter of RFC 6901."""

import json
import re
from typing import Any


def resolves(pointer: str, root: Any, *, into_text: bool = False) -> bool:
    """Return whether a pointer leads to an element that is there; `into_text`: text is entered as the JSON it holds."""
    if pointer == "":
        return True
    if not pointer.startswith("/") or re.search(r"~(?![01])", pointer):
        return False
    held = root
    for token in pointer[1:].split("/"):
        name = token.replace("~1", "/").replace("~0", "~")
        held = json.loads(held) if into_text and isinstance(held, str) else held
        if isinstance(held, dict) and name in held:
            held = held[name]
        elif isinstance(held, list) and name in map(str, range(len(held))):
            held = held[int(name)]
        else:
            return False
    return True
