"""One input, read and diagnosed, and what must hold whatever it is."""

import json
import random
from typing import Any, Final, NamedTuple

import orjson

from tests.bench.refusals import asked
from tests.fuzz.planted import Planted, planted, put_into, within
from tests.fuzz.texts import CARRIERS, RECORDS, mutated
from tests.intake import mutations
from why403.bootstrap import build
from why403.domain.errors import InvalidInput
from why403.report import Report, read, read_event, strip_secrets
from why403.report.plain import plain
from why403.usecases.diagnose import diagnose

DIAGNOSED: Final = 0.25
"""The share of inputs of which the whole diagnosis is made."""
_FAILED: Final[list[str]] = []
_SERVICES: Final = build(tell=lambda layer, phase: _FAILED.append(f"the layer {layer} failed to {phase}"))


class Tried(NamedTuple):
    """What became of an input, and what is wrong with that, if anything."""

    outcomes: tuple[str, ...]
    wrong: str | None
    given: Any


def tried(name: str) -> Tried:
    """Read, and perhaps diagnose, the input of this name; the same name is the same input."""
    rng = random.Random(name)
    of_record = rng.random() < 0.2
    secret = planted(rng) if rng.random() < 0.5 else None
    given: Any = _record(rng, secret) if of_record else _text(rng, secret)
    try:
        outcomes = [_read(given, secret)]
        if rng.random() < DIAGNOSED:
            outcomes.append(_diagnosed({"event" if of_record else "error": given, **_beside(rng)}, secret))
    except Exception as error:  # noqa: BLE001 - whatever is raised is a find
        return Tried((), f"{type(error).__name__}: {error}"[:2_000], given)
    return Tried(tuple(outcomes), None, given)


def _text(rng: random.Random, secret: Planted | None) -> str:
    text = mutated(rng)
    if secret is not None:
        text = within(text, secret, rng)
        text = rng.choice(CARRIERS)(text) if rng.random() < 0.3 else text
    # What cannot be sent as JSON cannot be pasted.
    return text.encode("utf-8", "replace").decode()


def _record(rng: random.Random, secret: Planted | None) -> dict[str, Any]:
    """Return a record with some of its elements changed, perhaps in a list or in an envelope."""
    record = rng.choice(RECORDS)
    try:
        found = orjson.loads(orjson.dumps(mutations.mutated(record, rng, rng.choice((0, 1, 2, 4)))))
    except (TypeError, ValueError, RecursionError):  # more than JSON can hold
        found = json.loads(json.dumps(record))
    if secret is not None:
        put_into(found, secret, rng)
    kept: dict[str, Any] = rng.choice(
        (found, found, {"Records": [found, record]}, {"source": "aws.s3", "detail": found})
    )
    return kept


def _read(given: Any, secret: Planted | None) -> str:
    """Read a text or record as it is given, with its secrets."""
    report = read_event(given) if isinstance(given, dict) else read(given)
    _shown_safely(repr(report), secret)
    if isinstance(given, str):
        stripped = strip_secrets(given)
        _shown_safely(plain(stripped).text, secret)
        _must(strip_secrets(stripped) == stripped, "stripping twice is not stripping once")
    return f"read: {_kind(report)}"


def _kind(report: Report) -> str:
    if report.code is None and report.status is None and report.aws_named is None:
        return "no error"
    return f"an error, as {report.source}"


def _diagnosed(body: dict[str, Any], secret: Planted | None) -> str:
    try:
        answer = diagnose(_SERVICES, body)
    except InvalidInput as error:
        _shown_safely(repr(error.faults), secret)
        return "diagnosed: refused"
    _must(not _FAILED, "; ".join(_FAILED))
    _shown_safely(orjson.dumps(answer).decode(), secret)
    return f"diagnosed: {answer['decision']}, {answer['certainty']}"


def _beside(rng: random.Random) -> dict[str, Any]:
    """Return what else a body may hold: hints at the request, whole or partly, and evidence."""
    found: dict[str, Any] = {}
    if rng.random() < 0.5:
        hints = rng.choice(mutations.REQUESTS)
        found["request"] = {name: hints[name] for name in rng.sample(sorted(hints), rng.randrange(len(hints) + 1))}
    if rng.random() < 0.5:
        whole = rng.choice((mutations.EVIDENCE, asked()[0]["evidence"]))
        found["evidence"] = {name: whole[name] for name in rng.sample(sorted(whole), rng.randrange(len(whole) + 1))}
        found["evidence_is_complete"] = rng.random() < 0.5
    return found


def _shown_safely(shown: str, secret: Planted | None) -> None:
    _must(secret is None or not secret.leaks(shown), f"the secret {secret and secret.text!r} is shown")


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
