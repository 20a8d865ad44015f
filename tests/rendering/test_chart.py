"""The chart shows the path, each layer in the colour of what it said, and text as text."""

import pytest

from tests.rendering.golden_files import NAMES, diagnosis
from tests.rendering.reading_mermaid import Chart, read
from why403.rendering import mermaid

SPINE = {
    "authentication",
    "service control policy",
    "VPC endpoint policy",
    "identity-based policy",
    "bucket policy",
    "Block Public Access",
    "KMS key",
    "state of the object",
}


def drawn(name: str, **changed: object) -> Chart:
    return read(mermaid({**diagnosis(name), **changed}))


def titles(chart: Chart) -> set[str]:
    return {words.split("\n")[0] for words in chart.nodes.values()}


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_a_chart_with_the_whole_spine(name: str) -> None:
    assert titles(drawn(name)) >= SPINE | {"S3 answers"}


def test_each_layer_has_the_colour_of_what_it_said() -> None:
    chart = drawn("scp_denies")
    assert chart.look("service control policy") == "first"
    assert chart.look("resource control policy") == "unknown"
    assert chart.look("identity-based policy") == "passed"
    assert chart.look("Block Public Access") == "quiet"


def test_what_else_is_in_the_way_is_told_from_the_first() -> None:
    chart = drawn("near_miss_across_accounts")
    assert (chart.look("bucket policy"), chart.look("identity-based policy")) == ("first", "blocking")


def test_nothing_is_red_where_nothing_is_decided() -> None:
    assert set(drawn("three_causes_remain").looks.values()) == {"unknown", "quiet", "ending"}


def test_what_is_left_by_elimination_is_red() -> None:
    chart = drawn("three_causes_remain", certainty="by_elimination")
    assert (chart.look("identity-based policy"), chart.look("KMS key")) == ("first", "unknown")


def test_layers_that_said_nothing_are_left_out_unless_they_are_the_spine() -> None:
    assert titles(drawn("expired_token")) == SPINE | {"caller not known", "S3 answers"}


def test_the_two_sides_stand_side_by_side() -> None:
    chart = drawn("scp_denies", passed=[{"layer": "permissions_boundary"}, {"layer": "acl"}])
    named = {words.split("\n")[0]: name for name, words in chart.nodes.items()}
    assert chart.frames == {
        "caller": [named["identity-based policy"], named["permissions boundary"]],
        "resource": [named["bucket policy"], named["access control list"]],
    }
    before, after = named["VPC endpoint policy"], named["Block Public Access"]
    assert {(before, named["identity-based policy"]), (before, named["bucket policy"])} <= chart.edges
    assert {(named["permissions boundary"], after), (named["access control list"], after)} <= chart.edges


def test_a_layer_of_a_stranger_stands_last() -> None:
    chart = drawn("allowed")
    assert ("other0", "answer") in chart.edges
    assert chart.nodes["other0"] == "acme_vault\npassed"


def test_a_key_is_named_with_who_spoke_for_it() -> None:
    blockers = [{"layer": "kms", "via": "identity", "kind": "implicit"}]
    assert "KMS key\nidentity-based policy does not allow" in drawn("scp_denies", blockers=blockers).nodes.values()


@pytest.mark.parametrize(
    "resource",
    [
        '"] --> x["',
        "a#quot;b",
        "%%{init: {}}%%",
        "my-style:a#b;",
        "classDef:x#y;",
        "</script>",
        "https://x.example",
        "- a",
    ],
)
def test_text_stays_text(resource: str) -> None:
    source = mermaid({**diagnosis("allowed"), "understood": {"principal": "p", "resource": resource}})
    assert read(source).nodes["who"] == f"p\na request\n{resource}"
    assert "://" not in source
    assert "style:" not in source
