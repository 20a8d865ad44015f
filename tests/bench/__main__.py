"""Prints how fast decisions and answers are: `python -m tests.bench [ROUNDS]`."""

import os
import platform
import sys
from statistics import median

from tests.bench.collecting import collecting
from tests.bench.decisions import REFERENCE, checked, measured
from tests.bench.growth import growth
from tests.bench.keeping import keeping
from tests.bench.memory import memory
from tests.bench.scaling import scaling
from tests.bench.serving import CLIENTS, measure, shared
from why403.bootstrap import FORM
from why403.server import collect_seldom

ROUNDS = 15
WORKERS = 2


def decisions(rounds: int) -> None:
    """Print decisions per second in process."""
    everything = measured()
    for each in everything:
        checked(each)  # once before the clock counts
    collect_seldom()  # as the processes of the service do
    seconds = [[checked(each) for each in everything] for _ in range(rounds)]
    medians = [median(rounds) for rounds in zip(*seconds, strict=True)]
    rates = {each.name: each.decisions / each_median for each, each_median in zip(everything, medians, strict=True)}
    print("\ndecisions in process, one core           a second   times the reference")
    for name, rate in rates.items():
        print(f"  {name:<42} {rate:>9,.0f}   {rate / rates[REFERENCE]:>6.2f}")


def answers(rounds: int) -> None:
    """Print answers per second over HTTP beside those of plain routes, and what the server computed for one."""
    print(f"\nanswers over loopback, 1 worker, {CLIENTS} clients (http.client, keep-alive)")
    print("  bodies a second; of a plain route's                ours    Flask's own JSON   orjson, the floor")
    for way, ours, own, floor in measure(rounds):
        rates = "".join(f"   {plain.rate:>9,.1f} ({ours.rate / plain.rate:4.0%})" for plain in (own, floor))
        print(f"  {way.title:<44} {ours.rate:>9,.1f}{rates}")
        spent = "".join(
            f"   {plain.computed * 1e3:>9.2f} ({plain.computed / ours.computed:4.0%})" for plain in (own, floor)
        )
        print(f"    {'milliseconds that the server computed':<42} {ours.computed * 1e3:>9.2f}{spent}")
        busy = ", ".join(f"{each.server:.0%}" for each in (ours, own, floor))
        print(
            f"    share of a core, servers: {busy}; clients: {ours.clients:.0%}, {own.clients:.0%}, {floor.clients:.0%}"
        )
    print("  where the server's share is well below 100%, the rate is bound by the clients and the cores they share")
    print(f"\ndecisions a second over loopback, {WORKERS} workers")
    for way, served in shared(rounds, WORKERS):
        print(f"  {way.title:<44} {served.rate * way.requests:>9,.0f}   (of two cores {served.server / 2:.0%})")


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{FORM}, {python}, {os.cpu_count()} cores, medians of {rounds} rounds;")
    print("decision and kind of every answer in the timed rounds compared with the reference evaluator")
    decisions(rounds)
    keeping(rounds)
    scaling(rounds)
    memory()
    growth(rounds)
    collecting(rounds)
    answers(rounds)


if __name__ == "__main__":
    main()
