"""How much memory the service holds while ever new policies pass through it."""

from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from tests.cases import services
from why403.policy.compiled import CACHE
from why403.usecases.simulate import simulate

POLICIES: Final = (25_000, 50_000, 100_000)
_AT_ONCE: Final = 500
_PAGES: Final = 4096 / 2**20


def memory() -> None:
    """Print the memory of a fresh process after so many distinct policies, each decided about once."""
    print("\ndistinct policies decided about        megabytes resident   policies held")
    with get_context("spawn").Pool(1) as pool:
        for count, resident, held in pool.apply(passed):
            print(f"  {count:>10,} {resident:>45,.0f} {held:>15,}")


def passed() -> list[tuple[int, float, int]]:
    """Return, for each number of policies, the megabytes that are resident then, and how many policies are held."""
    found, first = [(0, _resident(), len(CACHE))], 0
    for count in POLICIES:
        for start in range(first, count, _AT_ONCE):
            simulate(
                services(),
                {"requests": [_asked(number) for number in range(start, start + _AT_ONCE)], "detail": "decision"},
            )
        found.append((count, _resident(), len(CACHE)))
        first = count
    return found


def _asked(number: int) -> dict[str, Any]:
    """Return a request with a bucket policy that no other has."""
    statement = {
        "Sid": f"Statement{number}",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::444455556666:role/role-{number}"},
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::bucket-{number}/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"team-{number}"}},
    }
    return {
        "principal": f"arn:aws:iam::111122223333:user/user-{number}",
        "action": "s3:GetObject",
        "resource": f"arn:aws:s3:::bucket-{number}/report",
        "evidence": {"bucket.policy": {"Version": "2012-10-17", "Statement": [statement]}},
        "evidence_is_complete": True,
    }


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGES
