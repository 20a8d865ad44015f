"""Commands that answers tell people to run: each is one that the AWS CLI takes, but for what stands in capitals."""

import re
from functools import cache

from tests.artefacts.models import Read, invalid
from tests.artefacts.proposals import bodies, proposals
from tests.cases import services
from why403.usecases.diagnose import diagnose

# What a placeholder may be: as long as it likes.
PLACEHOLDERS = ("Invalid length for parameter",)

# A step that is a command and nothing else: options of one value each.
COMMAND = re.compile(r"aws \S+ \S+( --[a-z-]+( '[^']*'| [^-\s]\S*)?)*")


@cache
def told() -> dict[str, str]:
    """Return each command of checks and fixes, and of what people do by hand, with a case that tells it."""
    found: dict[str, str] = {}
    for case, body in bodies().items():
        for cause in diagnose(services(), body)["causes"]:
            for line in (cause["check"]["command"], *cause["fix"]["commands"]):
                found.setdefault(line or "", case)
    for case, step in proposals():
        for line in filter(COMMAND.fullmatch, step.fix.steps):
            found.setdefault(line, case)
    return {line: case for line, case in found.items() if line.startswith("aws ")}


def test_every_command_that_is_told_is_one_of_the_cli() -> None:
    assert len(told()) > 50
    for line in told():
        read = Read(line)
        faults = invalid(read.service, read.operation, read)
        assert [each for each in faults if not each.startswith(PLACEHOLDERS)] == [], line


def test_what_a_command_is_about_is_of_its_service() -> None:
    wrong = [line for line in told() if line.startswith("aws kms ") and "arn:aws:s3" in line]
    assert wrong == []
