"""What a change changes, as a unified difference of the facts it edits."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from why403.domain.fix import Edit

_NOTHING: Final = "/dev/null"


def both(edits: Iterable[Edit]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts before and after, by their names; of a fact edited twice the first value and the last."""
    before, after = dict[str, Any](), dict[str, Any]()
    for edit in edits:
        before.setdefault(edit.fact, edit.before)
        after[edit.fact] = edit.after
    return before, after


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the difference of facts by name, each as indented JSON in which policies held as text are JSON too."""
    return "\n".join(line for name in after for line in _of_fact(name, before[name], after[name]))


def _of_fact(name: str, before: Any, after: Any) -> Iterator[str]:
    names = (_NOTHING if before is None else name, _NOTHING if after is None else name)
    return difflib.unified_diff(_lines(before), _lines(after), *names, lineterm="")


def _lines(value: Any) -> list[str]:
    """Return the lines of a value, none of nothing; JSON breaks no line inside a text, but `splitlines` would."""
    return [] if value is None else json.dumps(_read(value), indent=2, ensure_ascii=False).split("\n")


def _read(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _read(each) for name, each in value.items()}
        case list() | tuple():
            return [_read(each) for each in value]
        case str() if value.lstrip().startswith("{"):
            return _document(value)
    return value


def _document(text: str) -> Any:
    """Return the policy in a text, or the text."""
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return read if isinstance(read, dict) and "Statement" in read else text
