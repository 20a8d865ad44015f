import re
from pathlib import Path

import pytest

from why403.causes import features, situation
from why403.causes.codes import CODES
from why403.causes.meaning import Meaning
from why403.causes.messages import MESSAGES
from why403.causes.model import Possible
from why403.causes.rank import POSSIBLE
from why403.causes.situation import Situation
from why403.intake.partial import partial
from why403.report import Report, around

LAYERS = frozenset(
    {
        "scp",
        "rcp",
        "identity",
        "permissions_boundary",
        "session_policy",
        "bucket_policy",
        "access_point",
        "acl",
        "block_public_access",
        "vpc_endpoint",
        "kms",
        "ownership",
        "authentication",
        "object_state",
        "request_payment",
    }
)
NAMED = [f"{row.layer} {row.kind} {' '.join(sorted(row.wants))}" for row in POSSIBLE]
MEANINGS = [*CODES.items(), *MESSAGES]
NOTHING = Situation.of(Report(), partial(Report(), {}), None)
BRACES = re.compile(r"\{(\w*)\}")
OFFERS_EVERYONE = re.compile(r'principal"?:? ?"?\*|everyone may|allow everyone|to everyone', re.IGNORECASE)
REMOVES_A_DENY = re.compile(r"(?<!not )\b(?:remove|delete|drop|detach) (?:the|this|that|any) deny", re.IGNORECASE)
SWITCHES_OFF = re.compile(
    r"(?:switch|turn)\w* (?:\w+ )*off|disable (?:the )?(?:bucket's )?(?:block|public access)|delete-public-access-block"
    r"|delete (?:or relax )?the bucket's",
    re.IGNORECASE,
)


def texts(row: Possible | Meaning) -> list[str]:
    return [row.because, row.what, row.command, row.fix]


@pytest.mark.parametrize("row", POSSIBLE, ids=NAMED)
def test_a_row_says_what_the_contract_knows(row: Possible) -> None:
    assert row.layer in LAYERS
    assert row.kind in {"explicit", "implicit", "requirement"}
    assert row.applicability in {"safe", "review", "manual"}
    assert 0 < row.weight <= 100
    assert not row.wants & row.bars
    assert all(text.strip() == text and text for text in texts(row))
    assert row.missing_action is None or re.fullmatch(r"(s3|s3express|kms|lambda):\w+", row.missing_action)


@pytest.mark.parametrize("row", POSSIBLE, ids=NAMED)
def test_a_row_only_mentions_what_a_situation_can_tell(row: Possible) -> None:
    known = set(NOTHING.words())
    assert {name for text in texts(row) for name in BRACES.findall(text)} <= known


@pytest.mark.parametrize(("what", "meaning"), MEANINGS, ids=[what for what, _ in MEANINGS])
def test_a_meaning_is_whole(what: str, meaning: Meaning) -> None:
    assert meaning.layer in LAYERS
    assert meaning.status is None or 300 <= meaning.status < 600
    assert all(text.strip() == text and text for text in texts(meaning))
    # Only the reason and the command are filled in.
    assert {name for text in texts(meaning) for name in BRACES.findall(text)} <= set(NOTHING.words())
    assert not BRACES.search(meaning.what + meaning.fix)
    assert what == what.strip()


def test_the_words_of_messages_can_be_found() -> None:
    for words, _ in MESSAGES:
        assert words == " ".join(words.lower().split())


def test_every_layer_has_a_row_with_a_check_and_a_fix() -> None:
    assert {row.layer for row in POSSIBLE} == LAYERS


def test_what_a_row_wants_is_a_feature_that_there_is() -> None:
    texts = [Path(str(module.__file__)).read_text("utf-8") for module in (features, situation, around)]
    source = {name for text in texts for name in re.findall(r'"([a-z-]+)"', text)}
    wanted = {name for row in POSSIBLE for name in row.wants | row.bars}
    # What layers tell apart by themselves, each tests: the model knows no layer.
    assert {name for name in wanted if not name.startswith("is-")} <= source


@pytest.mark.parametrize(("name", "row"), [*zip(NAMED, POSSIBLE, strict=True), *MEANINGS])
def test_no_fix_weakens_what_protects(name: str, row: Possible | Meaning) -> None:
    said = f"{row.fix} {row.command}"
    assert not OFFERS_EVERYONE.search(said), name
    assert not REMOVES_A_DENY.search(said), name
    assert not SWITCHES_OFF.search(said), name


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (OFFERS_EVERYONE, 'add a statement with "Principal": "*"'),
        (OFFERS_EVERYONE, "open the bucket to everyone"),
        (REMOVES_A_DENY, "remove the Deny"),
        (SWITCHES_OFF, "switch Block Public Access off"),
        (SWITCHES_OFF, "aws s3api delete-public-access-block --bucket b"),
        (SWITCHES_OFF, "Delete or relax the bucket's default Block Public Access"),
    ],
)
def test_those_patterns_find_what_they_are_for(pattern: re.Pattern[str], bad: str) -> None:
    assert pattern.search(bad)


@pytest.mark.parametrize("row", POSSIBLE, ids=NAMED)
def test_no_row_is_about_one_incident(row: Possible) -> None:
    words = " ".join([*texts(row), *row.wants])
    assert not re.search(r"demo|arn:aws:s3|\d{12}|rw-", words)


def test_a_command_only_reads() -> None:
    changing = re.compile(r"aws \S+ (?:put|delete|create|attach|detach|update|remove|schedule|enable|disable)-")
    commands = [*(row.command for row in POSSIBLE), *(meaning.command for _, meaning in MEANINGS)]
    assert not [command for command in commands if changing.search(command)]
