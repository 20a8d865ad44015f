"""How the time of a match grows with pattern and text, for the pairs that a matcher finds hardest."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple

from why403.domain.lengths import LONGEST_TEXT
from why403.policy.template import Tokens, tokens
from why403.policy.wildcard import Matcher, glob, resource_glob

_KEY: Final = "arn:aws:s3:::buk/"


class Hard(NamedTuple):
    """A kind of pattern and a text it does not match; both are made for a length in characters."""

    name: str
    matcher: Callable[[Tokens], Matcher]
    pattern: Callable[[int], str]
    text: Callable[[int], str]


HARD: Final = (
    Hard(
        "a key of colons, wildcards between colons", resource_glob, lambda _: "*:*:*:*:*:*z", lambda n: _KEY + ":" * n
    ),
    Hard(
        "the same, the end begins anywhere", resource_glob, lambda _: "*:*:*:*:*:a*z", lambda n: _KEY + "a:" * (n // 2)
    ),
    Hard("an end of `?`", glob, lambda n: "*" + "?" * (n // 4) + "b", lambda n: "a" * n),
    Hard("a short end of `?`", glob, lambda _: "*a" + "?" * 400 + "b", lambda n: "a" * n),
    Hard("characters and `?` by turns", glob, lambda n: "*" + "a?" * (n // 8) + "b*", lambda n: "a" * n),
    Hard("few characters and `?` by turns", glob, lambda _: "*" + "a?" * 200 + "b*", lambda n: "a" * n),
    Hard("characters and `*` by turns", glob, lambda n: "*a" * (n // 8) + "*b*", lambda n: "a" * n),
)


def seconds(hard: Hard, length: int, rounds: int) -> float:
    """Return the median time of a match, in seconds."""
    match = hard.matcher(tokens(hard.pattern(length), wildcards=True, variables=False))
    text = hard.text(length)
    times = []
    for _ in range(rounds):
        start = perf_counter()
        match(text)
        times.append(perf_counter() - start)
    return median(times)


def growth(rounds: int) -> None:
    """Print the time of a match of the longest texts, and how often that of half as long ones it is."""
    print(f"\nhardest matches, {LONGEST_TEXT:,} characters      milliseconds   times that of half")
    for hard in HARD:
        half, whole = (seconds(hard, length, rounds) for length in (LONGEST_TEXT // 2, LONGEST_TEXT))
        print(f"  {hard.name:<42} {whole * 1000:>9.2f}   {whole / half:>6.1f}")
