"""Plans as they are shown: examples as somebody last read them, commands to the letter, and nothing that is obeyed."""

import copy
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rendering.golden_files import PLAN_NAMES, PLAN_SHOWN, PLANS, plan
from tests.rendering.test_laws import hidden, outside_code, texts
from why403.rendering import plan_markdown, plan_terminal
from why403.rendering.chat import LONGEST
from why403.rendering.console import WIDTH

every_plan = pytest.mark.parametrize("name", PLAN_NAMES)
every_form = pytest.mark.parametrize("ending", PLAN_SHOWN)


@every_plan
@every_form
def test_an_example_looks_as_it_did(name: str, ending: str) -> None:
    given_ = plan(name)
    kept = copy.deepcopy(given_)
    assert PLAN_SHOWN[ending](given_) == (PLANS / f"{name}.{ending}").read_text("utf-8")
    assert given_ == kept


@every_form
def test_nothing_known_is_still_shown(ending: str) -> None:
    assert "plan" in PLAN_SHOWN[ending]({})


@every_plan
@every_form
def test_every_command_can_be_copied(name: str, ending: str) -> None:
    given_ = plan(name)
    shown = {line.strip() for line in PLAN_SHOWN[ending](given_).split("\n")}
    commands = {each for change in given_["changes"] for each in (*change["commands"], *change["undo"])}
    assert commands <= shown


def test_what_is_made_last_is_taken_back_first() -> None:
    given_ = plan("across_accounts")
    first, second = (change["undo"][0] for change in given_["changes"])
    shown = plan_markdown(given_)
    assert 0 < shown.index(second) < shown.index(first)


def test_a_warning_comes_before_everything_that_could_be_done() -> None:
    shown = plan_markdown(plan("sent_otherwise"))
    assert 0 < shown.index("Data exposure") < shown.index("**The change**")


def test_a_command_too_long_for_a_message_is_left_out_and_said_to_be() -> None:
    given_ = plan("across_accounts")
    given_["changes"][0]["commands"] = ["aws " + "x" * LONGEST]
    shown = plan_markdown(given_)
    assert len(shown) <= LONGEST
    assert "xxx" not in shown
    assert "Cut to fit one message: 1 more entry is in the full answer." in shown
    assert "x" * LONGEST in plan_terminal(given_, colour=False)


def test_a_parameter_no_longer_sent_is_named() -> None:
    given_ = plan("sent_otherwise")
    given_["changes"][0]["call"] = {"ACL": None, "Tags": ["a"]}
    shown = plan_markdown(given_)
    assert "- Send no `ACL`" in shown
    assert '- Send `Tags` as `["a"]`' in shown


def test_nothing_opened_is_said_only_of_what_was_tried() -> None:
    given_ = plan("across_accounts")
    given_["proof"]["newly_allowed"] = []
    assert "None of the requests around the call that were tried." in plan_markdown(given_)
    assert "None of the requests" not in plan_markdown(plan("by_hand"))


def test_nothing_is_said_to_be_opened_by_what_is_not_known_to_change_anything() -> None:
    given_ = plan("across_accounts")
    given_["proof"] |= {"newly_allowed": [], "after": given_["proof"]["before"]}
    assert "None of the requests" not in plan_markdown(given_)


def test_requests_that_are_called_alike_are_named_once() -> None:
    given_ = plan("across_accounts")
    given_["proof"]["still_denied"] *= 3
    assert plan_markdown(given_).count("another principal of the account") == 1


def test_a_target_in_words_is_words() -> None:
    given_ = plan("across_accounts")
    given_["changes"][0]["target"] = "inline policy `why403` of the role `app`"
    assert "- Where: inline policy `why403` of the role `app` in account" in plan_markdown(given_)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an example in which most texts are others, and some lists are longer."""
    pool = draw(st.lists(texts, min_size=1, max_size=8))
    kept, times = draw(st.integers(1, 6)), draw(st.sampled_from([1, 1, 3, 40]))
    count = iter(range(1_000_000))

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            number = next(count)
            return value if number % kept == 1 else pool[number % len(pool)]
        if isinstance(value, list):
            return [replaced(each) for each in value for _ in range(times)]
        return {name: replaced(each) for name, each in value.items()} if isinstance(value, dict) else value

    drawn: dict[str, Any] = replaced(plan(draw(st.sampled_from(PLAN_NAMES))))
    return drawn


@settings(max_examples=60)
@given(plans())
@example({"summary": "``", "changes": [{"call": {"` `": "`"}, "who": "` a", "target": "`"}]})
def test_a_message_has_no_markup_but_its_own(given_: dict[str, Any]) -> None:
    shown = plan_markdown(given_)
    assert len(shown) <= LONGEST
    assert not hidden(shown)
    shown.encode()
    for line in outside_code(shown):
        words = re.sub(r"^ *(- |\d+\. )", "", line).replace("**", "")
        assert not re.search(r"""[^\w\s.,:;!?()"'…-]|_""", words), line
        assert not re.search(r"\w[.:]\w|www\.|^\s*\d+[.)]|^\s*[-#>]", words), line


@settings(max_examples=60)
@given(plans())
def test_a_terminal_is_not_written_to_by_strangers(given_: dict[str, Any]) -> None:
    plain, coloured = plan_terminal(given_, colour=False), plan_terminal(given_, colour=True)
    assert not hidden(plain)
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == plain
    for line in plain.split("\n"):
        columns = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)
        assert columns <= WIDTH or line.startswith("    "), line
