"""Condition keys as callers write them: names in any spelling, one value or several."""

from collections.abc import Mapping
from typing import Final

from why403.domain.context import NO_VALUE, Values
from why403.domain.errors import InvalidInput, escaped
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.policy.document import scalar_text

MOST_VALUES: Final = 256  # no key of AWS's comes near; policies compare each value with each of theirs


def context_of(value: object) -> Mapping[str, Values]:
    """Return values by lower-case key; raise InvalidInput."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must be an object from condition keys to values")
    found: dict[str, Values] = {}
    for name, held in value.items():
        key = name.lower()
        if len(key) > LONGEST_TEXT:
            raise InvalidInput.at("", f"the name of a condition key {TOO_LONG}")
        if key in found:
            raise InvalidInput.at("/" + escaped(name), f"`{name}` is given twice; case does not tell keys apart")
        plain = type(held) is str and len(held) <= LONGEST_TEXT
        found[key] = (held,) if plain else _values(held, "/" + escaped(name))
    return found


def _values(held: object, at: str) -> tuple[str, ...]:
    if held is None:
        return NO_VALUE
    if isinstance(held, list) and len(held) > MOST_VALUES:
        raise InvalidInput.at(at, f"holds more than {MOST_VALUES} values")
    texts = []
    for index, each in enumerate(held if isinstance(held, list) else [held]):
        text = scalar_text(each)
        if text is None or len(text) > LONGEST_TEXT:
            raise InvalidInput.at(
                f"{at}/{index}" if isinstance(held, list) else at,
                "must be text, a number or a boolean" if text is None else TOO_LONG,
            )
        texts.append(text)
    return tuple(texts)
