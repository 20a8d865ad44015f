"""Prints how fast decisions and answers are: `python -m tests.bench [ROUNDS]`."""

import os
import platform
import sys
from statistics import median

from tests.bench.collecting import collecting
from tests.bench.decisions import REFERENCE, checked, measured
from tests.bench.growth import growth
from tests.bench.serving import CLIENTS, SETTINGS, measure

ROUNDS = 15


def decisions(rounds: int) -> None:
    """Print decisions per second in process."""
    everything = measured()
    for each in everything:
        checked(each)  # once before the clock counts
    seconds = [[checked(each) for each in everything] for _ in range(rounds)]
    medians = [median(rounds) for rounds in zip(*seconds, strict=True)]
    rates = {each.name: each.decisions / each_median for each, each_median in zip(everything, medians, strict=True)}
    print("\ndecisions in process, one core           a second   times the reference")
    for name, rate in rates.items():
        print(f"  {name:<42} {rate:>9,.0f}   {rate / rates[REFERENCE]:>6.2f}")


def answers(rounds: int) -> None:
    """Print answers per second over HTTP, and what each side computed meanwhile."""
    print(f"\nanswers over loopback, {SETTINGS['WHY403_WORKERS']} worker, {CLIENTS} clients (http.client, keep-alive)")
    print("  requests (bodies) a second                  rate    server   clients")
    for way, ours, plain in measure(rounds):
        for name, served in ((way.title, ours), ("  only parsing and writing", plain)):
            print(f"  {name:<36} {served.rate:>11,.1f}   {served.server:>6.0%}    {served.clients:>6.0%}")
        longer, computed = plain.rate / ours.rate, (ours.server / ours.rate) / (plain.server / plain.rate)
        print(f"    takes {longer:.1f} times as long as parsing and writing, and {computed:.1f} times the computing")
    print("  server, clients: share of one core they computed; where the server's is well below 100%, the rate is")
    print("  bound by the clients and by the cores they share with it, not by the server")


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {os.cpu_count()} cores, medians of {rounds} rounds;")
    print("decision and kind of every answer in the timed rounds compared with the reference evaluator")
    decisions(rounds)
    growth(rounds)
    collecting(rounds)
    answers(rounds)


if __name__ == "__main__":
    main()
