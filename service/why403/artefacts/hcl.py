"""The syntax of Terraform's configuration language, laid out as `terraform fmt` does."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

_INDENT: Final = "  "
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_TEMPLATE: Final = re.compile(r"([$%])(?=\{)(?=(?P<whole>\{[^{}\"\\$%]*\})?)")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Encoded(NamedTuple):
    """A value that is handed over as JSON text."""

    content: Any


class Name(NamedTuple):
    """A reference to something of the configuration, such as `var.policy_name`."""

    path: str


class Body(NamedTuple):
    """A nested block."""

    attributes: Mapping[str, Any]


def comment(text: str) -> Iterator[str]:
    """Yield lines of a comment."""
    return (f"# {each}".rstrip() for each in text.splitlines())


def block(kind: str, labels: Iterable[str], attributes: Mapping[str, Any]) -> list[str]:
    """Return the lines of a block; attributes that are None are left out."""
    opening = " ".join([kind, *map(quoted, labels), "{"])
    return [opening, *(f"{_INDENT}{each}".rstrip() for each in _body(attributes)), "}"]


def quoted(text: str) -> str:
    """Return a string in which nothing is a template and everything that does not print is spelt out."""
    return '"' + _TEMPLATE.sub(_literal, "".join(map(_character, text))) + '"'


def _literal(found: re.Match[str]) -> str:
    """Return what takes a template literally; of half a template not every reader does where its sign is doubled."""
    return found[1] * 2 if found["whole"] else f"\\u{ord(found[1]):04x}"


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if character <= "\uffff" else f"\\U{ord(character):08x}"


def _body(attributes: Mapping[str, Any]) -> Iterator[str]:
    """Yield plain attributes, and then each nested block after an empty line."""
    held = {name: value for name, value in attributes.items() if value is not None}
    plain = {name: value for name, value in held.items() if not _bodies(value)}
    lines = list(_assigned([(name, _lines(value)) for name, value in plain.items()]))
    for name, value in held.items():
        for each in _bodies(value):
            lines += ["", *block(name, (), each.attributes)] if lines else block(name, (), each.attributes)
    yield from lines


def _bodies(value: Any) -> Sequence[Body]:
    if isinstance(value, Body):
        return [value]
    return value if isinstance(value, list) and value and isinstance(value[0], Body) else []


def _assigned(entries: Sequence[tuple[str, list[str]]]) -> Iterator[str]:
    """Yield assignments; neighbours that take one line each have their equals signs in one column."""
    widths: list[int] = []
    for index, (name, lines) in enumerate(entries):
        if len(lines) > 1:
            widths.append(len(name))
            continue
        neighbours = [*_single(entries[index::-1]), *_single(entries[index:])]
        widths.append(max(len(each) for each in neighbours))
    for width, (name, lines) in zip(widths, entries, strict=True):
        yield f"{name:<{width}} = {lines[0]}"
        yield from lines[1:]


def _single(entries: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Yield the names of the first entries that take one line."""
    for name, lines in entries:
        if len(lines) > 1:
            return
        yield name


def _lines(value: Any) -> list[str]:
    match value:
        case Encoded(content=held):
            return _around("jsonencode(", _lines(held), ")")
        case Name(path=path):
            return [path]
        case Mapping() if value:
            entries = [(_key(name), _lines(each)) for name, each in value.items()]
            return ["{", *(_INDENT + each for each in _assigned(entries)), "}"]
        case list() | tuple() if value:
            return _list([_lines(each) for each in value])
    return [_scalar(value)]


def _key(name: str) -> str:
    """Return a member's name; `for` would begin an expression."""
    return name if _NAME.fullmatch(name) and name != "for" else quoted(name)


def _list(entries: list[list[str]]) -> list[str]:
    """Return a list: on one line where it has one plain entry, else an entry on each."""
    if len(entries) == 1:
        return _around("[", entries[0], "]")
    inner = [_INDENT + each for lines in entries for each in (*lines[:-1], f"{lines[-1]},")]
    return ["[", *inner, "]"]


def _around(before: str, lines: list[str], after: str) -> list[str]:
    if len(lines) == 1:
        return [before + lines[0] + after]
    return [before + lines[0], *lines[1:-1], lines[-1] + after]


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
    return str(value)
