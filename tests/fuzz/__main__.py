"""Mutates samples, reads and diagnoses them, and prints what became of them: `python -m tests.fuzz [N] [SEED]`."""

import random
import sys
from collections import Counter
from collections.abc import Iterable
from multiprocessing import get_context
from time import perf_counter
from typing import Final

from tests.fuzz.growth import LENGTH, MOST, REPEATS, Growth, growth
from tests.fuzz.inputs import Tried, tried

COUNT: Final = 200_000
PROCESSES: Final = 2
SHOWN: Final = 10
_PORTION: Final = 200
_TOLD_EVERY: Final = 20_000


def main() -> int:
    """Run both parts; return 1 if anything is wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(2**32))
    print(f"{count:,} inputs of seed {seed} in {PROCESSES} processes", flush=True)
    with get_context("spawn").Pool(PROCESSES) as pool:
        start = perf_counter()
        found = pool.imap(tried, (f"{seed}:{number}" for number in range(count)), _PORTION)
        wrong = _told(found, seed)
        print(f"{count / (perf_counter() - start):,.0f} inputs a second\n", flush=True)
        steep = _grown(pool.map(growth, REPEATS, 1))
    return 1 if wrong or steep else 0


def _told(found: Iterable[Tried], seed: str) -> int:
    """Print how many of each outcome there are, and what is wrong; return how much is."""
    outcomes: Counter[str] = Counter()
    wrong = 0
    for number, each in enumerate(found):
        outcomes.update(each.outcomes)
        if number and number % _TOLD_EVERY == 0:
            print(f"  {number:,} so far", flush=True)
        if each.wrong is not None:
            wrong += 1
            if wrong <= SHOWN:
                print(f"\ninput {seed}:{number}: {each.wrong}\n  given {each.given!r}", flush=True)
    for outcome, times in sorted(outcomes.items()):
        print(f"  {outcome:<50} {times:>9,}")
    print(f"  {'wrong':<50} {wrong:>9,}")
    return wrong


def _grown(found: list[Growth]) -> int:
    """Print the worst ratios; return how many are too large."""
    print(f"time for {2 * LENGTH:,} characters, in times that for {LENGTH:,}; {len(found)} repeated texts, the worst:")
    for each in sorted(found, reverse=True)[:SHOWN]:
        print(f"  {each.ratio:>5.2f}  {each.text[:80]!r}")
    return sum(each.ratio > MOST for each in found)


if __name__ == "__main__":
    sys.exit(main())
