"""Matching texts against wildcard patterns, each by the cheapest means that is right; time grows as the text does."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Final, TypeAlias

from why403.domain.remembered import remembered_by
from why403.policy.run import expression, length, run
from why403.policy.template import MANY, Token, Tokens, Variable, segments

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


@remembered_by(length, 8192)
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
    return _expression(parts) if length(parts) < _LONG else _search(parts)


_LONG: Final = 512  # where the time an expression may take, pattern times text, begins to matter


def _runs(parts: Tokens) -> tuple[Tokens, ...]:
    """Return the tokens before, between and after the `*`."""
    runs: list[list[Token]] = [[]]
    for part in parts:
        if part is MANY:
            runs.append([])
        else:
            runs[-1].append(part)
    return tuple(map(tuple, runs))


def _search(parts: Tokens) -> Matcher:
    """Return the matcher of long patterns: each run is looked for after the one before; leftmost is complete."""
    head, *inner, tail = map(run, _runs(parts)) if MANY in parts else (run(parts), run(()))
    middle = tuple(each for each in inner if each.length)
    shortest = head.length + tail.length + sum(each.length for each in middle)
    fixed = MANY not in parts

    def match(text: str) -> bool:
        end = len(text) - tail.length
        if len(text) < shortest or (fixed and len(text) > shortest) or not (head.at(text, 0) and tail.at(text, end)):
            return False
        start = head.length
        for each in middle:
            found = each.find(text, start, end)
            if found < 0:
                return False
            start = found + each.length
        return True

    return match


def _expression(parts: Tokens) -> Matcher:
    """Return the matcher of any tokens.

    The run before each `*` is found leftmost and kept (an atomic group): for wildcards that is complete, and it keeps
    patterns such as `*a*a*a*b` from exploding. The last run is compared where it has to stand, at the end.
    """
    head, *middle = _runs(parts)
    tail = middle.pop() if middle else ()
    body = "".join(f"(?>.*?{expression(each)})" for each in middle if each)
    end = f"(?=.{{{length(tail)}}}).*+(?<={expression(tail)})" if tail else ".*+" if MANY in parts else ""
    found = re.compile(expression(head) + body + end, re.DOTALL)
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


@remembered_by(length, 8192)
def resource_glob(parts: Tokens) -> Matcher:
    """Return the matcher of a Resource pattern without variables.

    AWS: "IAM JSON policy elements: Resource". A `*` stays within its colon-delimited segment, unless it is the last
    character of it; the sixth segment is everything after the fifth colon.
    """
    pieces = segments(parts, ARN_SEGMENTS)
    head = pieces[0]
    if literal(head) is not None and len(pieces) == ARN_SEGMENTS and all(literal(p) is not None for p in pieces[:-1]):
        return glob(parts)  # wildcards after the fifth colon only: they cross everything
    walk = tuple((glob(piece), bool(piece) and piece[-1] is MANY) for piece in pieces[:-1])
    end = (_rest if len(pieces) == ARN_SEGMENTS else _last_segment)(pieces[-1])
    return lambda text: _matches_segments(walk, end, text)


_Starts: TypeAlias = Sequence[int]
"""The segments at which the next piece of a pattern may begin, in order."""
_End: TypeAlias = Callable[[str, list[str], _Starts], bool]


def _matches_segments(walk: tuple[tuple[Matcher, bool], ...], end: _End, text: str) -> bool:
    """Walk the segments: of each piece before the last its matcher, and whether it may run past the next colons."""
    texts = text.split(":")
    starts: _Starts = (0,)
    for matches, spills in walk:
        if spills:  # the first place where it fits leaves the most to all that follows
            first = next((start for start in starts if matches(texts[start])), len(texts))
            starts = range(first + 1, len(texts))
        else:
            starts = [start + 1 for start in starts if start + 1 < len(texts) and matches(texts[start])]
        if not starts:
            return False
    return end(text, texts, starts)


def _last_segment(piece: Tokens) -> _End:
    """Return whether the last piece of a pattern of fewer segments than an ARN matches to the end of the text."""
    matches, spills = glob(piece), bool(piece) and piece[-1] is MANY

    def end(_text: str, texts: list[str], starts: _Starts) -> bool:
        return any(matches(texts[start]) for start in starts if spills or start == len(texts) - 1)

    return end


def _rest(piece: Tokens) -> _End:
    """Return whether the sixth piece matches all that follows one of the starts.

    Without `*` its length says where it begins. Else the first start where its head stands leaves the most to the `*`
    behind it, so that no other needs to be tried.
    """
    matches = glob(piece)
    fixed = length(piece) if MANY not in piece else None
    head = run(piece[: piece.index(MANY)] if MANY in piece else ())

    def end(text: str, texts: list[str], starts: _Starts) -> bool:
        offsets = list(accumulate((len(each) + 1 for each in texts), initial=0))
        begins = [offsets[start] for start in starts]
        if fixed is not None:
            return len(text) - fixed in begins and matches(text[len(text) - fixed :])
        begin = head.first(text, begins)
        return begin >= 0 and matches(text[begin:])

    return end


@remembered_by(length, 8192)
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
