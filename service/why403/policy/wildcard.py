"""Matching texts against wildcard patterns, each by the cheapest means that is right, always in linear time."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from why403.policy.template import MANY, ONE, Tokens, Variable, segments

Matcher: TypeAlias = Callable[[str], bool]

ARN_SEGMENTS = 6


def literal(parts: Tokens) -> str | None:
    """Return the text the tokens spell, None if they hold a wildcard or variable."""
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None


def prefix(parts: Tokens) -> str | None:
    """Return `text` of tokens that spell `text*`, None for any other."""
    if not parts or parts[-1] is not MANY:
        return None
    return literal(parts[:-1])


def anything(_text: str) -> bool:
    """Match every text."""
    return True


@lru_cache(maxsize=8192)
def glob(parts: Tokens) -> Matcher:
    """Return the matcher of tokens without variables, where `*` crosses every character."""
    text = literal(parts)
    if text is not None:
        return text.__eq__
    start = prefix(parts)
    if start == "":
        return anything
    if start is not None:
        return lambda candidate: candidate.startswith(start)
    if ONE not in parts and sum(len(part) for part in parts if isinstance(part, str)) > _LONG:
        return _runs(parts)
    return _expression(parts)


_LONG = 512  # where the time an expression may take, pattern times text, begins to matter


def _runs(parts: Tokens) -> Matcher:
    """Return the matcher of literal runs with a `*` between each two: leftmost is complete, and `find` is linear."""
    runs = [""]
    for part in parts:
        if isinstance(part, str):
            runs[-1] = part
        else:
            runs.append("")
    head, *inner, tail = runs
    middle, shortest = tuple(filter(None, inner)), len(head) + len(tail)

    def match(text: str) -> bool:
        if len(text) < shortest or not text.startswith(head) or not text.endswith(tail):
            return False
        start, end = len(head), len(text) - len(tail)
        for run in middle:
            found = text.find(run, start, end)
            if found < 0:
                return False
            start = found + len(run)
        return True

    return match


def _expression(parts: Tokens) -> Matcher:
    """Return the matcher of any tokens.

    The run before each `*` is found leftmost and kept (an atomic group): for wildcards that is complete, and it keeps
    patterns such as `*a*a*a*b` from exploding.
    """
    runs: list[str] = [""]
    for part in parts:
        if part is MANY:
            runs.append("")
        else:
            runs[-1] += re.escape(part) if isinstance(part, str) else "."
    head, *middle = runs
    tail = middle.pop() if middle else ""
    body = "".join(f"(?>.*?{run})" for run in middle if run)
    found = re.compile(head + body + (".*" if len(runs) > 1 else "") + tail, re.DOTALL)
    # `.*tail` at the end may backtrack, but over one run only
    return lambda candidate: found.fullmatch(candidate) is not None


def any_of(patterns: Iterable[Tokens], one: Callable[[Tokens], Matcher] = glob) -> Matcher:
    """Return a matcher of texts that match at least one pattern: equalities and prefixes in one step each."""
    exact, starts, others = set[str](), list[str](), list[Matcher]()
    for parts in patterns:
        text, start = literal(parts), prefix(parts)
        if text is not None:
            exact.add(text)
        elif start == "":
            return anything
        elif start is not None:
            starts.append(start)
        else:
            others.append(one(parts))
    return _combined(frozenset(exact), tuple(starts), tuple(others))


def _combined(exact: frozenset[str], starts: tuple[str, ...], others: tuple[Matcher, ...]) -> Matcher:
    matchers: list[Matcher] = []
    if exact or not (starts or others):
        matchers.append(exact.__contains__)
    if starts:
        matchers.append(lambda text: text.startswith(starts))
    matchers.extend(others)
    if len(matchers) == 1:
        return matchers[0]
    first, *rest = matchers
    if len(rest) == 1:
        second = rest[0]
        return lambda text: first(text) or second(text)
    return lambda text: any(match(text) for match in matchers)


@lru_cache(maxsize=8192)
def resource_glob(parts: Tokens) -> Matcher:
    """Return the matcher of a Resource pattern without variables.

    AWS: "IAM JSON policy elements: Resource". A `*` stays within its colon-delimited segment, unless it is the last
    character of it; the sixth segment is everything after the fifth colon.
    """
    pieces = segments(parts, ARN_SEGMENTS)
    head = pieces[0]
    if literal(head) is not None and len(pieces) == ARN_SEGMENTS and all(literal(p) is not None for p in pieces[:-1]):
        return glob(parts)  # wildcards after the fifth colon only: they cross everything
    matchers = tuple(glob(piece) for piece in pieces)
    spills = tuple(bool(piece) and piece[-1] is MANY for piece in pieces)
    return lambda text: _matches_segments(matchers, spills, text.split(":"))


def _matches_segments(matchers: tuple[Matcher, ...], spills: tuple[bool, ...], texts: list[str]) -> bool:
    """Walk the segments; `starts` holds where the next one may begin in the text."""
    starts = {0}
    last = len(matchers) - 1
    for index in range(last):
        fitting = [start + 1 for start in starts if start < len(texts) and matchers[index](texts[start])]
        starts = set(range(min(fitting), len(texts)) if fitting and spills[index] else fitting)
    for start in starts:
        if last == ARN_SEGMENTS - 1:
            if start < len(texts) and matchers[last](":".join(texts[start:])):
                return True
        elif start < len(texts) and (spills[last] or start == len(texts) - 1) and matchers[last](texts[start]):
            return True
    return False


@lru_cache(maxsize=8192)
def arn_glob(parts: Tokens) -> Matcher:
    """Return the matcher of ArnLike: six segments compared one by one, wildcards within each, the last to the end."""
    pieces = segments(parts, ARN_SEGMENTS)
    if len(pieces) != ARN_SEGMENTS:
        return lambda _text: False
    matchers = tuple(glob(piece) for piece in pieces)

    def match(text: str) -> bool:
        texts = text.split(":", ARN_SEGMENTS - 1)
        return len(texts) == ARN_SEGMENTS and all(one(piece) for one, piece in zip(matchers, texts, strict=True))

    return match


def holds_variable(parts: Tokens) -> bool:
    """Return whether the tokens must be resolved against a context before they can match."""
    return any(isinstance(part, Variable) for part in parts)
