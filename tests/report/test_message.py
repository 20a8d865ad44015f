"""AWS's sentence in every form of the documentation, and what pasting does to it."""

from typing import Final

import pytest

from why403.report import Named, read

USER: Final = "arn:aws:sts::112233445566:assumed-role/reader/ada"
OBJECT: Final = "arn:aws:s3:::heron/2026/a b.csv"
HEAD: Final = f"User: {USER} is not authorized to perform: s3:GetObject"
ON: Final = f'{HEAD} on resource: "{OBJECT}"'
POLICY: Final = "arn:aws:iam::112233445566:policy/team/deny-reads"
TYPES: Final = {
    "identity-based policy": "identity",
    "resource-based policy": "bucket_policy",
    "permissions boundary": "permissions_boundary",
    "session policy": "session_policy",
    "service control policy": "scp",
    "resource control policy": "rcp",
    "VPC endpoint policy": "vpc_endpoint",
}


def named(text: str) -> Named:
    told = read(text).aws_named
    assert told is not None
    return told


@pytest.mark.parametrize("words", TYPES)
@pytest.mark.parametrize("head", [HEAD, ON], ids=["without resource", "with resource"])
def test_a_missing_allow_names_its_kind_of_policy(words: str, head: str) -> None:
    report = read(f"{head} because no {words} allows the s3:GetObject action")
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind) == (TYPES[words], "implicit")
    assert (report.principal, report.action, report.code, report.status) == (USER, "s3:GetObject", "AccessDenied", 403)
    assert report.key == ("2026/a b.csv" if head == ON else None)


@pytest.mark.parametrize("words", TYPES)
@pytest.mark.parametrize("tail", ["", ", with policy ARN: {}", ": {}", ", with policy ARN: {}.", " "])
def test_a_deny_names_its_kind_of_policy_and_perhaps_the_policy(words: str, tail: str) -> None:
    article = "an" if words[0] == "i" else "a"
    told = named(f"{ON} with an explicit deny in {article} {words}{tail.format(POLICY)}")
    assert told == Named(
        layer=TYPES[words], kind="explicit", policy_arn=POLICY if "{}" in tail else None, resource=OBJECT
    )


SPECIAL: Final = {
    "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.": (
        "block_public_access",
        "explicit",
        "BlockPublicAcls",
    ),
    "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.": (
        "block_public_access",
        "explicit",
        "BlockPublicPolicy",
    ),
    "because public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting.": (
        "block_public_access",
        "explicit",
        "BlockPublicAcls",
    ),
    "because public policies are blocked by the BlockPublicPolicy block public access setting.": (
        "block_public_access",
        "explicit",
        "BlockPublicPolicy",
    ),
    "because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys "
    "(SSE-C)": ("object_state", "requirement", "Customer provided keys"),
}


@pytest.mark.parametrize("sentence", SPECIAL)
def test_sentences_outside_the_grammar_are_known(sentence: str) -> None:
    layer, kind, words = SPECIAL[sentence]
    report = read(f'User: {USER} is not authorized to perform: s3:CopyObject on resource: "{OBJECT}" {sentence}')
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind) == (layer, kind)
    assert words in (report.aws_named.special or "")
    assert (report.action, report.bucket, report.principal) == ("s3:CopyObject", "heron", USER)
    assert report.others_in_text == 0


OTHERS_ROLE: Final = "arn:aws:iam::444455556666:role/reader"
KEY: Final = "arn:aws:kms:eu-west-1:112233445566:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KMS: Final = {
    f"kms:Decrypt on resource: {KEY} because no identity-based policy allows the kms:Decrypt action": (
        "implicit",
        "identity",
        KEY,
    ),
    f'kms:GenerateDataKey on resource: "{KEY}" with an explicit deny in a service control policy': (
        "explicit",
        "scp",
        KEY,
    ),
    "kms:Decrypt on the resource associated with this ciphertext because no resource-based policy allows the kms:Decrypt "
    "action": ("implicit", "bucket_policy", None),
    "kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies "
    "allow access, or a resource-based policy explicitly denies access": (None, None, None),
}


@pytest.mark.parametrize("tail", KMS)
def test_a_permission_of_kms_names_kms_and_the_key(tail: str) -> None:
    kind, via, key = KMS[tail]
    text = f"An error occurred (AccessDenied) when calling the PutObject operation: User: {USER} is not authorized to perform: {tail}"
    report = read(text)
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind, report.aws_named.via) == ("kms", kind, via)
    assert report.aws_named.resource == key
    assert (report.operation, report.action) == ("PutObject", tail.partition(" ")[0])
    # The key is no resource of S3.
    assert (report.resource, report.bucket, report.foreign) == (None, None, key)
    assert report.others_in_text == 0


@pytest.mark.parametrize("why", ["", " because no identity-based policy allows the sts:AssumeRole action"])
def test_a_sentence_of_another_service_is_about_nothing_of_s3(why: str) -> None:
    report = read(f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {OTHERS_ROLE}{why}")
    assert (report.action, report.foreign) == ("sts:AssumeRole", OTHERS_ROLE)
    assert (report.operation, report.resource, report.bucket) == (None, None, None)


def test_a_name_that_a_line_break_leaves_open_is_not_told_of_others_either() -> None:
    report = read(
        f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {OTHERS_ROLE[:-2]}\n{OTHERS_ROLE[-2:]}"
    )
    assert (report.action, report.foreign) == ("sts:AssumeRole", None)


def test_the_old_sentence_of_kms_is_about_decrypting() -> None:
    report = read(
        "An error occurred (AccessDenied) when calling the GetObject operation: The ciphertext refers to a customer master "
        "key that does not exist, does not exist in this region, or you are not allowed to access."
    )
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.action, report.others_in_text) == ("kms", "kms:Decrypt", 0)


SENTENCE: Final = f"{ON} with an explicit deny in a service control policy, with policy ARN: {POLICY}"
PASTED: Final = {
    "bare": SENTENCE,
    "unquoted": SENTENCE.replace('"', "").replace("a b", "a_b"),
    "escaped quotes": SENTENCE.replace('"', r"\""),
    "twice escaped": SENTENCE.replace('"', r"\\\""),
    "HTML": SENTENCE.replace('"', "&quot;"),
    "upper case": SENTENCE.replace("not authorized", "NOT AUTHORIZED").replace("explicit deny", "Explicit Deny"),
    "wrapped": SENTENCE.replace(" ", "\n    ", 9).replace("a\n    b.csv", "a b.csv"),
    "framed": "\n".join(
        f"│ {part}" for part in SENTENCE.replace(" with an", "\nwith an").replace(" policy,", "\npolicy,").split("\n")
    ),
    "in a log": f"2026-11-20T10:00:00Z ERROR [worker-1] app.store - {SENTENCE} trace=1",
    "in XML": f"<Error><Code>AccessDenied</Code><Message>{SENTENCE}</Message><RequestId>X</RequestId></Error>",
    "in JSON": '{"level":"error","msg":"' + SENTENCE.replace('"', r"\"") + '","n":1}',
    "coloured": f"\x1b[31m\x1b[1m{SENTENCE[:40]}\x1b[0m\x1b[31m{SENTENCE[40:]}\x1b[0m",
    "in a sentence": f"Hi, since today I get ({SENTENCE}) and do not know why.",
    "CRLF": SENTENCE.replace(" is not", "\r\nis not"),
}


@pytest.mark.parametrize("form", PASTED)
def test_pasting_does_not_change_what_it_says(form: str) -> None:
    report = read(PASTED[form])
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind, report.aws_named.policy_arn) == ("scp", "explicit", POLICY)
    assert (report.principal, report.action, report.bucket) == (USER, "s3:GetObject", "heron")
    assert report.others_in_text == 0


@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_a_terminal_that_breaks_lines_inside_names_does_not_change_the_reason(width: int) -> None:
    text = f"An error occurred (AccessDenied) when calling the GetObject operation: {SENTENCE}".replace("a b", "ab")
    broken = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    report = read(broken)
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind) == ("scp", "explicit")
    assert (report.principal, report.action, report.bucket, report.key) == (
        USER,
        "s3:GetObject",
        "heron",
        "2026/ab.csv",
    )


@pytest.mark.parametrize("end", range(len(HEAD), len(SENTENCE), 7))
def test_a_sentence_cut_off_tells_what_stands_there(end: int) -> None:
    report = read(f'{{"errorMessage": "{SENTENCE[:end]}')
    assert (report.principal, report.action) == (USER, "s3:GetObject")
    assert report.aws_named is None or report.aws_named.layer == "scp"
    assert report.bucket in {None, "heron"}


@pytest.mark.parametrize(
    "tail", ["because the moon is full", "with an explicit deny in a lunar policy", "", "with an explicit"]
)
def test_an_unknown_reason_is_no_reason(tail: str) -> None:
    report = read(f"{ON} {tail}")
    assert report.aws_named is None
    assert (report.principal, report.action, report.bucket) == (USER, "s3:GetObject", "heron")


@pytest.mark.parametrize("white", ["\u2028", "\n", "\u00a0"])
@pytest.mark.parametrize("letter", ["k", "K", "\u212a"])
def test_what_a_special_reason_says_is_known_however_it_is_spelt(letter: str, white: str) -> None:
    text = f"because public ACLs are{white}prevented by the Bloc{letter}PublicAcls setting in S3 Bloc{letter} Public Access."
    named = read(text).aws_named
    assert named is not None
    assert (named.layer, named.kind) == ("block_public_access", "explicit")


@pytest.mark.parametrize("after", ["]", "}", "`", "…", "│", "**", "|", "!", "\\n", ")", '"}'])
@pytest.mark.parametrize("why", ["with an explicit deny in a resource-based policy", "because no session policy"])
def test_what_follows_the_reason_does_not_hide_it(why: str, after: str) -> None:
    kind = "explicit" if "explicit" in why else "implicit"
    layer = "bucket_policy" if kind == "explicit" else "session_policy"
    found = read(
        f"User: arn:aws:iam::111122223333:user/u is not authorized to perform: s3:PutObject on resource: "
        f'"arn:aws:s3:::buk/a" {why}{after}'
    )
    assert found.aws_named is not None
    assert (found.aws_named.layer, found.aws_named.kind) == (layer, kind)
