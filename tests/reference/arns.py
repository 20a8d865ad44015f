"""Matches ARNs: those of a Resource element against a request's, and those in ARN conditions."""

from functools import cache

from .globs import Token, Wild, glob_matches
from .variables import Context, Symbol, Symbols, as_glob, expand

SEGMENTS = 6
SERVICE = 2


def resource_matches(pattern: str, resource: str, context: Context, *, variables: bool) -> bool:
    """Whether one entry of Resource or NotResource covers the request's resource."""
    if pattern == "*":
        return True
    parts = pattern.split(":", SEGMENTS - 1)
    if len(parts) < SEGMENTS:
        return glob_matches(_head(tuple(parts)), resource)
    # Variables have a meaning only after the fifth colon.
    rest = expand(parts[-1], context, variables=variables)
    if rest is None:
        return False
    return glob_matches((*_head(tuple(parts[:-1])), ":", *as_glob(rest)), resource)


@cache
def _head(segments: tuple[str, ...]) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for place, segment in enumerate(segments):
        if place:
            tokens.append(":")
        tokens += list(segment) if place == SERVICE else _segment(segment)
    return tuple(tokens)


def _segment(segment: str) -> list[Token]:
    wild: dict[str, Token] = {"*": Wild.RUN_IN_SEGMENT, "?": Wild.ONE_IN_SEGMENT}
    tokens = [wild.get(character, character) for character in segment]
    # A star that ends its segment may run past the colons that follow.
    if tokens and tokens[-1] is Wild.RUN_IN_SEGMENT:
        tokens[-1] = Wild.RUN
    return tokens


def arn_matches(expected: Symbols, actual: str) -> bool:
    """ArnEquals and ArnLike, which are the same: six segments, each compared by itself."""
    wanted = _split(expected)
    given = actual.split(":", SEGMENTS - 1)
    if len(wanted) < SEGMENTS or len(given) < SEGMENTS:
        return False
    return all(glob_matches(as_glob(pattern), text) for pattern, text in zip(wanted, given, strict=True))


@cache
def _split(symbols: Symbols) -> list[Symbols]:
    segments: list[list[Symbol]] = [[]]
    for symbol in symbols:
        if symbol.character == ":" and len(segments) < SEGMENTS:
            segments.append([])
        else:
            segments[-1].append(symbol)
    return [tuple(segment) for segment in segments]
