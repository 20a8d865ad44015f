"""Which representation of an answer a caller prefers, by its Accept header."""

from collections.abc import Iterable

_ANY = "*/*"


def preferred(ranges: Iterable[tuple[str, float]], offers: tuple[str, ...]) -> str:
    """Return the offer of the highest quality; the first one where none is wanted.

    `ranges` are media ranges with their qualities. The most specific range that covers an offer gives its quality
    (RFC 9110, section 12.5.1), and of offers of one quality the one that is named most specifically wins, then the
    one that is offered first. Parameters of ranges, such as a charset, do not matter.
    """
    wanted: dict[str, float] = {}
    for held, quality in ranges:
        name = held.partition(";")[0].strip().lower()
        wanted[name] = max(quality, wanted.get(name, 0))
    if not wanted:
        return offers[0]
    best = max(offers, key=lambda offer: _liking(offer, wanted))
    return best if _liking(best, wanted)[0] > 0 else offers[0]


def _liking(offer: str, wanted: dict[str, float]) -> tuple[float, int]:
    """Return the quality of an offer, and how specifically it is asked for."""
    family = f"{offer.partition('/')[0]}/*"
    for specificity, name in ((2, offer), (1, family), (0, _ANY)):
        if name in wanted:
            return wanted[name], specificity
    return 0, 0
