"""The grammar of policies: every fault has a pointer to its element and says what is wrong with it."""

import json
from typing import Any

import pytest

from tests.policy.asking import compiled, only, statement
from why403.domain.errors import InvalidInput
from why403.domain.lengths import ELEMENT_TOO_LONG, LONGEST_ELEMENT
from why403.policy import PolicyKind, policy_list
from why403.policy.document import from_text, read, scalar_text

DEEP: Any = "x"
for _ in range(3000):
    DEEP = {"Statement": DEEP}


def faults(document: Any, kind: PolicyKind = PolicyKind.RESOURCE) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        compiled(document, kind)
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


def without(name: str) -> dict[str, Any]:
    document = statement()
    del document["Statement"][0][name]
    return document


KINDS = "must be `*` or an object of `AWS`, `Service`, `Federated`, `CanonicalUser`"
AT = "/Statement/0"
LONG = "x" * (LONGEST_ELEMENT + 1)
STRINGS = "must be a string or a list of at least one string"
SCALAR = "must be a string, number or boolean"


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        (None, "", "a policy must be a JSON object"),
        ([], "", "a policy must be a JSON object"),
        (5, "", "a policy must be a JSON object"),
        ({}, "", "a policy needs `Statement`"),
        ({"Statement": None}, "/Statement", "a policy needs `Statement`"),
        ({"Statement": "x"}, "/Statement", "a statement must be a JSON object"),
        ({"Statement": [[]]}, "/Statement/0", "a statement must be a JSON object"),
        ({"Statement": [], "statement": []}, "/statement", "`statement` is no element of a policy"),
        ({"Statement": [], "a/b~c": 1}, "/a~1b~0c", "`a/b~c` is no element of a policy"),
        ({"Statement": [], "Id": 1}, "/Id", "must be a string"),
        ({"Statement": [], "Id": None}, "/Id", "must be a string"),
        ({"Statement": [], "Version": "2012-10-18"}, "/Version", "must be `2012-10-17` or `2008-10-17`"),
        ({"Statement": [], "Version": ["2012-10-17"]}, "/Version", "must be `2012-10-17` or `2008-10-17`"),
        ({"Statement": [], "Version": None}, "/Version", "must be `2012-10-17` or `2008-10-17`"),
        (statement(Action=LONG), f"{AT}/Action", ELEMENT_TOO_LONG),
        (statement(Resource=["*", LONG]), f"{AT}/Resource/1", ELEMENT_TOO_LONG),
        (statement(Principal={"AWS": LONG}), f"{AT}/Principal/AWS", ELEMENT_TOO_LONG),
        (
            statement(Condition={"StringLike": {"k": LONG}}),
            f"{AT}/Condition/StringLike/k",
            ELEMENT_TOO_LONG,
        ),
        (
            statement(Condition={"StringLike": {LONG: "x"}}),
            f"{AT}/Condition/StringLike",
            f"the name of a condition key {ELEMENT_TOO_LONG}",
        ),
        (statement(Sid=1), f"{AT}/Sid", "must be a string"),
        (statement(Sids="x"), f"{AT}/Sids", "`Sids` is no element of a statement"),
        (statement(effect="Allow"), f"{AT}/effect", "`effect` is no element of a statement"),
        (statement(Effect="allow"), f"{AT}/Effect", "`Effect` must be `Allow` or `Deny`"),
        (statement(Effect=["Allow"]), f"{AT}/Effect", "`Effect` must be `Allow` or `Deny`"),
        (without("Effect"), AT, "`Effect` must be `Allow` or `Deny`"),
        (without("Action"), AT, "a statement needs `Action` or `NotAction`"),
        (without("Resource"), AT, "a statement needs `Resource` or `NotResource`"),
        (without("Principal"), AT, "a statement needs `Principal` or `NotPrincipal`"),
        (statement(Action=[]), f"{AT}/Action", STRINGS),
        (statement(Action=None), f"{AT}/Action", STRINGS),
        (statement(Action={"s3": "*"}), f"{AT}/Action", STRINGS),
        (statement(NotAction=["s3:*", 1]), f"{AT}/NotAction/1", "must be a string"),
        (statement(Resource=[]), f"{AT}/Resource", STRINGS),
        (statement(NotResource=True), f"{AT}/NotResource", STRINGS),
        (statement(Resource=[["*"]]), f"{AT}/Resource/0", "must be a string"),
        (statement(Principal="x"), f"{AT}/Principal", KINDS),
        (statement(Principal=["*"]), f"{AT}/Principal", KINDS),
        (statement(Principal={}), f"{AT}/Principal", KINDS),
        (statement(Principal={"Aws": "*"}), f"{AT}/Principal/Aws", "`Aws` is no kind of principal"),
        (statement(Principal={"AWS": []}), f"{AT}/Principal/AWS", STRINGS),
        (statement(NotPrincipal={"AWS": ["*", 1]}), f"{AT}/NotPrincipal/AWS/1", "must be a string"),
        (statement(Condition=[]), f"{AT}/Condition", "must be an object from operator to keys"),
        (statement(Condition=None), f"{AT}/Condition", "must be an object from operator to keys"),
        (statement(Condition={"StringIs": {}}), f"{AT}/Condition/StringIs", "`StringIs` is no condition operator"),
        (statement(Condition={"a/b": {}}), f"{AT}/Condition/a~1b", "`a/b` is no condition operator"),
        (
            statement(Condition={"NullIfExists": {}}),
            f"{AT}/Condition/NullIfExists",
            "`NullIfExists` is no condition operator",
        ),
        (
            statement(Condition={"ForAnyValue:Null": {}}),
            f"{AT}/Condition/ForAnyValue:Null",
            "`ForAnyValue:Null` is no condition operator",
        ),
        (
            statement(Condition={"StringEquals": []}),
            f"{AT}/Condition/StringEquals",
            "must be an object from condition key to values",
        ),
        (
            statement(Condition={"StringEquals": {"aws:RequestTag/a": None}}),
            f"{AT}/Condition/StringEquals/aws:RequestTag~1a",
            SCALAR,
        ),
        (statement(Condition={"Bool": {"k": [True, {}]}}), f"{AT}/Condition/Bool/k/1", SCALAR),
        (statement(Condition={"NumericEquals": {"k": float("nan")}}), f"{AT}/Condition/NumericEquals/k", SCALAR),
        (statement(Condition={"NumericEquals": {"k": 10**5000}}), f"{AT}/Condition/NumericEquals/k", SCALAR),
        (DEEP, "", "is nested too deeply"),
    ],
)
def test_a_fault_has_its_pointer_and_says_what_is_wrong(document: Any, pointer: str, message: str) -> None:
    assert faults(document) == [(pointer, message)]


@pytest.mark.parametrize("name", ["Principal", "Action", "Resource"])
def test_an_element_and_its_negation_exclude_each_other(name: str) -> None:
    document = statement()
    document["Statement"][0]["Not" + name] = "*"
    assert faults(document) == [(f"{AT}/Not{name}", f"a statement holds `{name}` or `Not{name}`, not both")]


@pytest.mark.parametrize("name", ["Principal", "NotPrincipal"])
def test_a_policy_that_hangs_on_its_principal_names_none(name: str) -> None:
    expected = [(f"{AT}/{name}", f"`{name}` belongs in policies of resources, not in this kind")]
    assert faults(statement(**{name: "*"}), PolicyKind.ATTACHED) == expected


def test_a_single_statement_is_pointed_to_without_an_index() -> None:
    document = {"Statement": {**statement()["Statement"][0], "Effect": 1}}
    assert faults(document) == [("/Statement/Effect", "`Effect` must be `Allow` or `Deny`")]


def test_all_faults_are_told_at_once() -> None:
    broken = {"Statement": [{"Effect": "x"}, *statement(Sid=1)["Statement"]], "Id": 1}
    assert [pointer for pointer, _ in faults(broken)] == ["/Id", "/Statement/0/Effect", *[AT] * 3, "/Statement/1/Sid"]


@pytest.mark.parametrize(
    ("document", "count"),
    [
        ({"Statement": []}, 0),
        (statement(), 1),
        ({"Statement": statement()["Statement"][0]}, 1),
        (statement(Condition={}), 1),
        (statement(Condition={"StringEquals": {}}), 1),
        (statement(Condition={"foranyvalue:STRINGLIKEIFEXISTS": {"k": []}}), 1),
        (statement(Sid="", Action="", Resource=""), 1),
        (statement(Principal={"AWS": "x", "Federated": ["y"], "CanonicalUser": "z", "Service": "s"}), 1),
        ({"Statement": statement()["Statement"] * 3, "Id": "", "Version": "2008-10-17"}, 3),
    ],
)
def test_what_the_grammar_allows_is_taken(document: Any, count: int) -> None:
    assert len(list(compiled(document).statements())) == count


@pytest.mark.parametrize(("version", "live"), [("2012-10-17", True), ("2008-10-17", False), (None, False)])
def test_variables_are_live_in_the_newer_version_only(version: str | None, live: bool) -> None:
    document = {"Statement": [], **({"Version": version} if version else {})}
    assert read(document, PolicyKind.ATTACHED) == (live, ())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        (1e25, "1e+25"),
        (None, None),
        ([], None),
        ({}, None),
        (float("inf"), None),
        (float("nan"), None),
        pytest.param(10**5000, None, id="a long number"),
    ],
)
def test_a_scalar_is_text_as_json_writes_it(value: Any, text: str | None) -> None:
    assert scalar_text(value) == text


NOT_JSON = "is not the JSON of a policy: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NOT_JSON + "Expecting value: line 1 column 1 (char 0)"),
        ("{", NOT_JSON + "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ('{"Statement": [], "Statement": []}', "`Statement` is given twice"),
        ('{"Statement": [{"Effect": "Allow", "Sid": "", "Effect": "Deny"}]}', "`Effect` is given twice"),
        ('{"\\ud800": 1, "\\ud800": 2}', "`?` is given twice"),
        ('{"Id": NaN}', NOT_JSON + "`NaN` is no number"),
        ('{"Id": -Infinity}', NOT_JSON + "`-Infinity` is no number"),
        ('{"Id": ' + "1" * 5000 + "}", "holds a number of more than 1000 digits"),
        ('{"Id": "\\ud800"}', NOT_JSON + "half of a surrogate pair is no text"),
        ("[" * 5000, "is nested too deeply"),
        ('"{}"', "a policy must be a JSON object"),
    ],
)
def test_text_that_is_no_document_is_a_fault(text: str, message: str) -> None:
    assert faults(text) == [("", message)]


def test_whole_surrogate_pairs_are_text() -> None:
    assert from_text('{"Id": "\\ud83d\\ude00", "x": "\\\\ud800"}') == {"Id": "\N{GRINNING FACE}", "x": "\\ud800"}


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ({"document": statement(), "a/b": 1}, "/a~1b", "`a/b` is no member of a policy with its name"),
        ({"document": statement(), "name": 1}, "/name", "must be a string"),
        ({"document": statement(), "arn": []}, "/arn", "must be a string"),
        ({"document": statement(), "from": {}}, "/from", "must be a string"),
        ({"document": None}, "/document", "a policy must be a JSON object"),
        ({"document": "{"}, "/document", NOT_JSON + "Expecting property name enclosed in double quotes: "),
        ({"document": statement(Effect=1)}, "/document/Statement/0/Effect", "`Effect` must be `Allow` or `Deny`"),
        (
            {"document": json.dumps(statement(Effect=1))},
            "/document/Statement/0/Effect",
            "`Effect` must be `Allow` or `Deny`",
        ),
        ({"name": "n", "Statement": []}, "/name", "`name` is no element of a policy"),
    ],
)
def test_a_named_policy_points_into_its_document(value: Any, pointer: str, message: str) -> None:
    ((found, words),) = faults(value)
    assert found == pointer
    assert words.startswith(message)


def test_a_name_is_not_wrapped_in_a_name() -> None:
    nested: Any = statement()
    for _ in range(2000):
        nested = {"document": nested}
    assert faults(nested) == [("/document", "is nested too deeply")]
    twice = {"document": {"document": statement()}}
    assert ("/document/document", "`document` is no element of a policy") in faults(twice)


def test_a_list_of_policies_tells_the_faults_of_each() -> None:
    with pytest.raises(InvalidInput) as caught:
        policy_list(PolicyKind.RESOURCE)([statement(), statement(Sid=1), {"document": statement(Effect=1)}, "["])
    pointers = [fault.pointer for fault in caught.value.faults]
    assert pointers == ["/1/Statement/0/Sid", "/2/document/Statement/0/Effect", "/3"]


@pytest.mark.parametrize("value", [{}, "x", 5])
def test_a_list_of_policies_is_a_list(value: Any) -> None:
    with pytest.raises(InvalidInput, match="must be a list of policies"):
        policy_list(PolicyKind.ATTACHED)(value)


def test_what_is_written_is_kept_in_its_plural_form() -> None:
    found = only(statement(Sid="S", NotAction="s3:Get*", Resource=["a", "b"], Condition={"Bool": {"K": True}}))
    assert (found.sid, found.actions.entries, found.actions.negated) == ("S", ("s3:Get*",), True)
    assert (found.resources.entries, found.resources.negated) == (("a", "b"), False)
    (condition,) = found.conditions
    assert (condition.operator, condition.key_as_written, condition.values) == ("Bool", "K", ("true",))


def test_an_element_may_be_as_long_as_a_document_of_aws() -> None:
    assert only(statement(Resource=LONG[1:])).resources.entries == (LONG[1:],)
