"""A text alone proves what AWS says in it and no more: no guess, no question and no contradiction is made certain."""

from typing import Final

import pytest

from tests.report.samples import samples
from why403.causes.codes import meaning_of
from why403.report import read

from .asking import asked

SAMPLES: Final = samples()


@pytest.mark.parametrize("name", SAMPLES)
def test_without_evidence_only_an_answer_that_names_its_cause_is_certain(name: str) -> None:
    text = SAMPLES[name].text
    report, found = read(text), asked(text)
    special = report.aws_named.special if report.aws_named else None
    says_itself = meaning_of(report.code, report.message, special) is not None
    assert (found["certainty"] == "proven") <= says_itself
    assert ("certain" in {each["likelihood"] for each in found["causes"]}) <= says_itself


DOUBTFUL: Final = {
    "a question": "AccessDenied: may it be that the request has expired?",
    "a status that is not the code's": "HTTP 403 Forbidden, and somebody says ExpiredToken",
    "a body that was changed": (
        "HTTP/1.1 403 Forbidden\n\n"
        "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_contradicts_itself_or_only_asks_proves_nothing(name: str) -> None:
    found = asked(DOUBTFUL[name])
    assert (found["decision"], found["certainty"]) == ("unknown", "suspected")
    assert "certain" not in {each["likelihood"] for each in found["causes"]}
