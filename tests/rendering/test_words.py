"""What is said, and where: one sentence first, and nothing that the diagnosis does not say."""

import pytest

from tests.rendering.golden_files import diagnosis
from why403.rendering import markdown, terminal


def headline(name: str, **changed: object) -> str:
    return terminal({**diagnosis(name), **changed}, colour=False).split("\n\n")[0].replace("\n", " ")


def section(heading: str, name: str, **changed: object) -> str:
    """Return the words under a heading, or nothing if it is not there."""
    blocks = terminal({**diagnosis(name), **changed}, colour=False).split("\n\n")
    return next((" ".join(each.split()[len(heading.split()) :]) for each in blocks if each.startswith(heading)), "")


def understood(**members: object) -> dict[str, object]:
    return {"understood": {"operation": "GetObject", **members}}


def test_the_first_sentence_says_who_refuses() -> None:
    assert headline("scp_denies") == (
        "S3 refused `PutObject` because a service control policy of the caller's organization denies it."
    )


def test_the_first_sentence_names_a_permission_that_is_not_the_call_itself() -> None:
    blockers = [{"layer": "identity", "kind": "implicit", "action": "s3:ListBucket"}]
    assert headline("scp_denies", blockers=blockers) == (
        "S3 refused `PutObject` because no policy of the caller allows `s3:ListBucket`."
    )


@pytest.mark.parametrize(("kind", "verb"), [("explicit", "denies"), ("implicit", "does not allow")])
def test_a_layer_that_the_table_does_not_know_is_named(kind: str, verb: str) -> None:
    blockers = [{"layer": "acme_vault", "kind": kind}]
    assert (
        headline("scp_denies", blockers=blockers) == f"S3 refused `PutObject` because the layer `acme_vault` {verb} it."
    )


@pytest.mark.parametrize(
    ("certainty", "words"),
    [("by_elimination", "because, by elimination, no policy"), ("suspected", "does not settle why S3 refused")],
)
def test_the_first_sentence_is_as_certain_as_the_diagnosis(certainty: str, words: str) -> None:
    assert words in headline("three_causes_remain", certainty=certainty)


def _named(kind: str | None, layer: str = "identity", **members: object) -> str:
    first = {"layer": layer, "kind": "implicit", "likelihood": "likely", "because": "x", **members}
    return headline("three_causes_remain", causes=[first], **understood(aws_named="identity", aws_kind=kind))


def test_the_first_sentence_says_what_aws_says() -> None:
    assert _named("implicit") == (
        "AWS says that it refused `GetObject` because no policy of the caller allows it; what else may stand in the "
        "way is not known."
    )
    assert _named("implicit", "kms", via="identity").startswith("AWS says")


def test_what_aws_does_not_say_is_not_put_into_its_mouth() -> None:
    unsaid = [
        _named("explicit"),
        _named(None),
        _named("implicit", "bucket_policy"),
        _named("implicit", likelihood="possible"),
    ]
    assert all(each.startswith("What is known does not settle") for each in unsaid)


def test_facts_that_nobody_gave_are_told_together() -> None:
    plain = [{"layer": "scp", "because": f"`a.{name}` is not known", "needs": f"s3:Get{name}"} for name in "bcd"]
    other = {"layer": "acl", "because": "Flag may hold it back: `a.e` is not known", "needs": None}
    said = section("What we could not see", "scp_denies", doubts=[*plain, other])
    assert (
        said == "- not known: `a.b`, `a.c`, `a.d` and `a.e`; `s3:Getb`, `s3:Getc` and `s3:Getd` would let us read them."
    )
    assert section("What we could not see", "scp_denies", doubts=plain).count(" - ") == 2
    tried = {"layer": "acl", "because": "`a.f` is not known", "needs": "s3:Getf", "account": "111122223333"}
    together = section("What we could not see", "scp_denies", doubts=[*plain, other, tried])
    assert together.endswith("`s3:Getf` in account `111122223333` would let us read it.")


def test_permissions_that_a_call_may_need_are_told_together() -> None:
    may = "it is not known whether the call needs s3:{}, which is denied: no statement allows s3:{}"
    doubts = [{"layer": "identity", "because": may.format(name, name)} for name in ("PutObjectAcl", "PutObjectTagging")]
    assert section("What we could not see", "scp_denies", doubts=doubts) == (
        "- it is not known whether the call needs `s3:PutObjectAcl` or `s3:PutObjectTagging`, which would be denied."
    )
    assert "no statement allows" in section("What we could not see", "scp_denies", doubts=doubts[:1])


def test_what_a_call_needs_is_told_where_some_of_it_is_decided() -> None:
    legs = [{"action": f"s3:{name}", "resource": "r", "decision": "unknown"} for name in ("GetObject", "PutObject")]
    assert section("What the call needs", "scp_denies", legs=legs) == ""
    legs[1]["decision"] = "allowed"
    assert "`s3:GetObject` on `r` is not decided" in section("What the call needs", "scp_denies", legs=legs)


def test_a_contradiction_is_said() -> None:
    said = headline("allowed", certainty="contradicted")
    assert said.startswith("S3 refused `GetObject`, but everything we can see allows it")
    causes = diagnosis("three_causes_remain")["causes"]
    assert "1. likely, identity-based policy" in section("Why", "allowed", certainty="contradicted", causes=causes)


def test_where_no_policy_is_involved_it_is_said_plainly() -> None:
    assert headline("expired_token") == (
        "S3 answers 400 `ExpiredToken` to `ListObjectsV2`, and no policy is involved: the session token has expired."
    )
    assert "No policy is involved, and changing one will not help." in section("Why", "expired_token")


def test_a_hidden_object_is_a_matter_of_permission_after_all() -> None:
    assert "no policy" not in markdown(diagnosis("settled_head_403")).lower().replace("has no policy", "")


def test_causes_are_ranked_with_the_one_check_that_tells_them_apart() -> None:
    why = section("Why", "three_causes_remain")
    assert why.index("1. likely") < why.index("2. possible") < why.index("3. unlikely")
    assert "aws s3api get-object-tagging" in section("Check that tells them apart", "three_causes_remain")
    assert "list-objects-v2" not in terminal(diagnosis("three_causes_remain"), colour=False)


def test_a_denied_action_is_not_called_missing() -> None:
    causes = [{"layer": "scp", "kind": kind, "missing_action": "s3:Get"} for kind in ("explicit", "implicit")]
    assert section("Why", "three_causes_remain", causes=causes).count("missing: `s3:Get`") == 1


def test_a_clause_becomes_a_sentence() -> None:
    causes = [{"layer": "scp", "fix": {"summary": "allow it"}, "check": {"what": "s3:Get works?"}}]
    assert section("Fix", "scp_denies", causes=causes) == "Allow it."
    assert section("Check", "scp_denies", causes=causes) == "s3:Get works?"


def test_everything_that_has_to_be_cleared_has_its_fix() -> None:
    fix = section("Fix", "near_miss_across_accounts")
    assert "put-bucket-policy" in fix
    assert "put-role-policy" in fix


@pytest.mark.parametrize(
    ("form", "name", "words"),
    [
        ("given", None, "actual `x`, as given (met)"),
        ("principal", None, "actual `x`, which follows from the caller (met)"),
        ("resource", None, "actual `x`, which follows from the resource (met)"),
        ("action", "s3:PutObject", "actual `x`, as always for `s3:PutObject` (met)"),
        ("operation", "PutObject", "actual `x`, as always for `PutObject` (met)"),
        ("parameter", "Prefix", "actual `x`, by the parameter `Prefix` (met)"),
        ("fact", "bucket.tags", "actual `x`, by the fact `bucket.tags` (met)"),
        ("not_given", None, "actual `x`, since nobody gave it (met)"),
        ("not_known", "bucket.tags", "actual `x`, for want of `bucket.tags` (met)"),
        ("not_known", None, "actual `x` (met)"),
        ("something new", "y", "actual `x` (met)"),
    ],
)
def test_conditions_tell_where_the_actual_value_comes_from(form: str, name: str | None, words: str) -> None:
    condition = {"operator": "StringEquals", "key": "aws:x", "expected": ["a"], "actual": ["x"], "met": True}
    cited = [{"fact": "f", "conditions": [{**condition, "source": {"form": form, "name": name}}]}]
    blockers = [{"layer": "scp", "kind": "explicit", "citations": cited}]
    assert words in section("Evidence", "scp_denies", blockers=blockers)


def test_conditions_tell_that_a_key_is_never_there() -> None:
    condition = {"operator": "StringEquals", "key": "aws:x", "expected": [], "actual": [], "met": False, "remark": "no"}
    blockers = [{"layer": "scp", "kind": "explicit", "citations": [{"fact": "f", "conditions": [condition]}]}]
    assert "(not met); no" in section("Evidence", "scp_denies", blockers=blockers)


@pytest.mark.parametrize(
    ("actual", "met", "words"),
    [
        (["us-east-1"], True, "actual `us-east-1` (met)"),
        ([], False, "actual absent (not met)"),
        (None, None, "actual not known (not known whether met)"),
        ([""], True, "actual (empty) (met)"),
    ],
)
def test_conditions_are_shown_as_expected_and_actual(actual: list[str] | None, met: bool | None, words: str) -> None:
    condition = {"operator": "StringEquals", "key": "aws:x", "expected": ["a", "b"], "actual": actual, "met": met}
    blockers = [{"layer": "scp", "kind": "explicit", "citations": [{"fact": "f", "conditions": [condition]}]}]
    expected = f"`StringEquals` on `aws:x`: expected `a` or `b`, {words}"
    assert expected in section("Evidence", "scp_denies", blockers=blockers)


@pytest.mark.parametrize(
    ("layer", "named", "words"),
    [
        ("identity", "identity", "agrees"),
        ("access_point", "bucket_policy", "agrees"),
        ("block_public_access", "bucket_policy", "agrees"),
        ("bucket_policy", "access_point", "differs"),
        ("identity", "scp", "differs: we find the identity-based policy first and nothing there"),
        ("identity", None, ""),
    ],
)
def test_aws_s_own_word_is_compared(layer: str, named: str | None, words: str) -> None:
    blockers = [{"layer": layer, "kind": "explicit", "because": "x"}]
    said = section("What AWS says", "scp_denies", blockers=blockers, **understood(aws_named=named))
    assert words in said
    assert bool(said) is bool(named)


def test_the_policy_that_aws_names_is_told() -> None:
    named = understood(aws_named="scp", aws_policy_arn="arn:aws:organizations::1:policy/p-1")
    assert "names the service control policy `arn:aws:organizations::1:policy/p-1`" in section(
        "What AWS says", "scp_denies", **named
    )


def test_what_refuses_in_the_named_layer_may_be_something_else() -> None:
    blockers = [{"layer": "identity", "kind": "explicit", "because": "x"}]
    named = understood(aws_named="identity")
    said = section("What AWS says", "scp_denies", blockers=blockers, aws_agrees=False, **named)
    assert "this differs: what we see refuses there otherwise. Policies may have changed since" in said


def test_aws_s_word_may_be_the_second_thing_in_the_way() -> None:
    said = section("What AWS says", "near_miss_across_accounts")
    assert "this differs: we find the bucket policy first, and the other as well" in said


def test_what_aws_named_of_a_key_is_who_spoke_for_it() -> None:
    blockers = [{"layer": "kms", "via": "identity", "kind": "implicit", "because": "x"}]
    assert "agrees" in section("What AWS says", "scp_denies", blockers=blockers, **understood(aws_named="identity"))


def test_aws_s_word_differs_from_an_allowance() -> None:
    assert "we find nothing that refuses" in section("What AWS says", "allowed", **understood(aws_named="identity"))


def test_a_part_of_a_deletion_is_said_to_be_one() -> None:
    assert "Only some of the keys are refused" in section("Why", "scp_denies", partial=True)


def test_a_doubt_says_where_a_permission_is_missing() -> None:
    doubt = {"layer": "scp", "because": "it was refused", "needs": "iam:GetRole", "account": "111122223333"}
    said = section("What we could not see", "scp_denies", doubts=[doubt])
    assert "`iam:GetRole` in account `111122223333` would let us read it" in said


def test_long_lists_say_how_much_is_left_out() -> None:
    doubts = [{"layer": "scp", "because": f"reason {number}"} for number in range(30)]
    assert "and 10 more" in section("What we could not see", "scp_denies", doubts=doubts)


def test_a_record_that_was_not_found_is_among_what_could_not_be_seen() -> None:
    lookup = {"found": False, "because": "logs:FilterLogEvents was refused", "needs": "logs:FilterLogEvents"}
    said = section("What we could not see", "scp_denies", lookup=lookup, doubts=[])
    assert "logs:FilterLogEvents was refused" in said
    assert "would let us read it" in said


def test_half_a_command_is_not_shown() -> None:
    causes = [{"layer": "scp", "fix": {"summary": "do it", "commands": ["aws " + "x" * 30_000, "aws short"]}}]
    fix = section("Fix", "scp_denies", causes=causes)
    assert "xxx" not in fix
    assert "aws short A command too long to show stands in the JSON answer." in fix


def test_the_fullest_section_does_not_push_the_others_out_of_the_message() -> None:
    doubts = [{"layer": "scp", "because": f"a reason of some length, number {number}"} for number in range(200)]
    passed = [{"layer": "rcp", "because": "nothing denies " * 30} for _ in range(50)]
    shown = markdown({**diagnosis("scp_denies"), "doubts": doubts, "passed": passed})
    for heading in ("Why", "Evidence", "Fix", "Check", "What we could not see", "What was checked"):
        assert f"**{heading}**" in shown
    assert "Cut to fit one message: " in shown
    assert len(shown) <= 3500
