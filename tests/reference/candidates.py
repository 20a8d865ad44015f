"""Chooses the values of an unknown condition key that could make a difference to the policies of a case."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from .comparisons import instant, network, number
from .conditions import Json
from .mentions import Mention, mentions, variable_keys
from .variables import MULTIVALUED, Context, as_text, expand

FRESH = "zz-nobody-tests-this"
Values = tuple[str, ...] | None
"""What a key holds; None where it is absent."""


COMPARED = {"aws:sourcevpc": "access_point.vpc", "aws:requestedregion": "bucket.region"}
"""Keys that facts are compared with."""


def candidates(case: Json, key: str, context: Context) -> list[Values]:
    """Representative values of a key, absence among them; the context holds what is known of the others."""
    compared = case["evidence"].get(COMPARED.get(key, ""))
    beside = [compared] if isinstance(compared, str) else []
    single = dict.fromkeys([*_tested(case, key, context), *_substituted(case, key), *beside, FRESH])
    values: list[Values] = [None, *((value,) for value in single)]
    if key in MULTIVALUED:
        first = next(iter(single))
        values += [(first, other) for other in single if other != first]
    return values


def _tested(case: Json, key: str, context: Context) -> Iterator[str]:
    for mention in mentions(case):
        if mention.test.key == key:
            for text in mention.test.expected:
                yield from _around(mention, text, context)
        elif key in variable_keys(case):
            # A variable is met by what the key beside it holds.
            yield from context.get(mention.test.key, ())


def _substituted(case: Json, key: str) -> Iterator[str]:
    if key in variable_keys(case):
        path = case["resource"].split(":", 5)[-1]
        yield from path.split("/")
        yield from path.split("/")[0].split("-")


def _around(mention: Mention, text: str, context: Context) -> Iterator[str]:
    expected = expand(text, context, variables=mention.variables)
    written = text if expected is None else as_text(expected)
    base = mention.test.operator.base
    if base.startswith("numeric"):
        yield from _around_number(written)
    elif base.startswith("date"):
        yield from _around_date(written)
    elif base == "ipaddress":
        yield from _around_network(written)
    elif base == "bool":
        yield from ("true", "false")
    elif base in ("stringlike", "arnlike", "arnequals"):
        yield from _fitting(written)
    elif base != "null":
        yield from dict.fromkeys((written, written.lower(), written.upper(), written.capitalize()))


def _around_number(text: str) -> Iterator[str]:
    bound = number(text)
    if bound is not None:
        yield from (str(bound - 1), str(bound), str(bound + 1))


def _around_date(text: str) -> Iterator[str]:
    bound = instant(text)
    if bound is not None:
        yield from (str(int(bound) - 1), str(int(bound)), str(int(bound) + 1))


def _around_network(text: str) -> Iterator[str]:
    addresses = network(text)
    if addresses is None:
        return
    yield str(addresses.network_address)
    outside = int(addresses.broadcast_address) + 1
    if outside < 2**addresses.max_prefixlen:
        yield str(addresses.broadcast_address + 1)
    yield "2001:db8:ffff::1" if isinstance(addresses, IPv4Network) else "198.18.0.1"


def _fitting(text: str) -> Iterator[str]:
    yield text.replace("*", "").replace("?", "x")
    yield text.replace("*", "x").replace("?", "x")
    yield text.replace("*", "x").replace("?", "x").swapcase()
