"""A reader of Terraform's configuration language, built on python-hcl2."""

import re
from typing import Any, Final

import hcl2

_ESCAPE: Final = re.compile(r'\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(["\\nrt]))|([$%])\4(?=\{)')
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t"}
_JSON: Final = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")


def blocks(text: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the blocks of a file: by their kind, their labels (`variable` and `import` have fewer), their members."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, entries in hcl2.loads(text).items():
        for entry in entries if kind != "__comments__" else ():
            labels, held = [], entry
            while "__is_block__" not in held:
                ((label, held),) = held.items()
                labels.append(_text(label))
            name = held["to"].strip("${}") if kind == "import" else ".".join(labels)
            members = found.setdefault(kind, {})
            assert name not in members, "each has a name of its own"
            members[name] = _value(held)
    return found


def _value(held: Any) -> Any:
    match held:
        case dict():
            return {_key(name): _value(each) for name, each in held.items() if not name.startswith("__")}
        case list():
            return [_value(each) for each in held]
        case str() if encoded := _JSON.fullmatch(held):
            return _value(hcl2.loads(f"x = {encoded[1]}\n")["x"])
        case str() if reference := _REFERENCE.fullmatch(held):
            return reference[1]
        case str():
            return _text(held)
    return held


def _key(name: str) -> str:
    return _text(name) if name.startswith('"') else name


def _text(text: str) -> str:
    """Return what a quoted string holds, in which there is no template; a bare word is itself."""
    if not text.startswith('"'):
        return text
    inner = text[1:-1]
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", inner), "a template"
    return _ESCAPE.sub(_unescaped, inner)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else found[4] or _SHORT.get(found[3], found[3])
