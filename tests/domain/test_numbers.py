"""Numbers of contexts and conditions stay as they were written; all others are plain numbers."""

import json

import pytest

from why403.domain.numbers import loads, may_differ

ODD = ("1.10", "1e3", "1E+3", "-0", "-0.0e0", "18446744073709551616", "0.10000000000000000555", "1e999")
PLAIN = ("0", "7", "-5", "1.5", "-0.25", "123456789012345")


@pytest.mark.parametrize("text", ODD)
def test_an_odd_number_keeps_its_text_where_it_is_compared_as_text(text: str) -> None:
    body = f'{{"context": {{"k": {text}, "l": [{text}]}}, "b": [{{"Condition": {{"op": {{"k": [ {text} ]}}}}}}]}}'
    assert may_differ(body.encode())
    assert loads(body) == {"context": {"k": text, "l": [text]}, "b": [{"Condition": {"op": {"k": [text]}}}]}
    assert loads(f'{{"other": {text}}}') == {"other": float(text)}


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_number_is_one(text: str) -> None:
    body = f'{{"context": {{"k": {text}}}, "b": {text}}}'
    assert not may_differ(body.encode())
    assert loads(body) == json.loads(body)


@pytest.mark.parametrize("text", ["1.10", 'a "1e3", 1.0', "\\", '\\"1e3,', "arn:aws:iam::111122223333:user/u,", "é1e5"])
def test_what_is_in_texts_is_no_number(text: str) -> None:
    assert not may_differ(json.dumps({text: [text, {"k": text}]}, ensure_ascii=False).encode())
    assert may_differ(json.dumps({text: [text, {"k": text}]}).encode()[:-1] + b', "n": 1.0}')


def test_so_many_numbers_are_not_read_again() -> None:
    assert may_differ(b'{"context": [' + b"1e3," * 1000 + b"1]}")
    assert not may_differ(b'{"context": [' + b"1e3," * 500_000 + b"1]}")
