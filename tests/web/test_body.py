"""Bodies within bounds: size, depth, media type, and JSON that is none."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import A_REQUEST, MakeClient
from why403.web.body import exceeds_depth

JSON = "application/json"
GOOD = json.dumps({"requests": [A_REQUEST]}).encode()


def post(client: FlaskClient, data: bytes, content_type: str = JSON, **headers: str) -> Any:
    """Post raw bytes."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/simulate", data=data, content_type=content_type, headers=sent)


def post_streamed(client: FlaskClient, data: bytes) -> Any:
    """Post bytes without saying how many, as a chunked request arrives from gunicorn."""
    environ = {"wsgi.input": io.BytesIO(data), "wsgi.input_terminated": True}
    return client.post("/simulate", content_type=JSON, environ_overrides=environ)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1, column 1"),
        (b"{", "line 1, column 2"),
        (b'{"requests":\n  [}', "line 2, column 4"),
        (b"nope", "not JSON"),
        (b'{"requests": [NaN]}', "not JSON"),
        (b'{"requests": [Infinity]}', "not JSON"),
        (b'{"requests": [1e999]}', "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "not JSON"),
        ('{"a": 1}'.encode("utf-16"), "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
    ],
)
def test_what_is_not_json_is_400_with_its_place(client: FlaskClient, data: bytes, said: str) -> None:
    answer = post(client, data)
    assert answer.status_code == 400
    assert said in answer.json["detail"]


@pytest.mark.parametrize(
    ("content_type", "headers", "status"),
    [
        ("application/json", {}, 200),
        ("application/json; charset=utf-8", {}, 200),
        ("Application/JSON;charset=UTF-8", {}, 200),
        ("application/json", {"Content_Encoding": "identity"}, 200),
        ("application/json; charset=latin-1", {}, 415),
        ("application/json", {"Content_Encoding": "gzip"}, 415),
        ("application/problem+json", {}, 415),
        ("text/plain", {}, 415),
        ("application/x-www-form-urlencoded", {}, 415),
        ("multipart/form-data; boundary=x", {}, 415),
        ("", {}, 415),
    ],
)
def test_only_plain_json_in_utf8_is_read(
    client: FlaskClient, content_type: str, headers: Mapping[str, str], status: int
) -> None:
    assert post(client, GOOD, content_type, **headers).status_code == status


@pytest.mark.parametrize("send", [post, post_streamed])
@pytest.mark.parametrize(("padding", "status"), [(0, 200), (1, 413), (500_000, 413)])
def test_a_body_of_exactly_the_bound_is_read_and_no_larger_one(
    make_client: MakeClient, send: Any, padding: int, status: int
) -> None:
    client = make_client(max_body_bytes=len(GOOD))
    assert send(client, GOOD + b" " * padding).status_code == status


def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(client: FlaskClient) -> None:
    environ = {"wsgi.input": io.BytesIO(GOOD), "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(GOOD) + 9)}
    answer = client.post("/simulate", content_type=JSON, environ_overrides=environ)
    assert answer.status_code == 400


class _Broken(io.BytesIO):
    """A stream of chunks one of which breaks off, as the server tells it."""

    def read(self, _size: int | None = -1) -> bytes:
        raise EOFError("the chunk has no end")

    readinto = readline = readall = read  # type: ignore[assignment]


@pytest.mark.parametrize(("content_type", "status"), [(JSON, 400), ("text/plain", 415)])
def test_chunks_that_break_off_are_no_failure_of_ours(client: FlaskClient, content_type: str, status: int) -> None:
    environ = {"wsgi.input": _Broken(), "wsgi.input_terminated": True}
    answer = client.post("/simulate", content_type=content_type, environ_overrides=environ)
    assert answer.status_code == status


@pytest.mark.parametrize("headers", [{"content_type": "text/plain"}, {"content_type": JSON}])
def test_a_refused_body_is_taken_to_its_end_within_bounds(make_client: MakeClient, headers: dict[str, str]) -> None:
    client = make_client(max_body_bytes=100_000)
    stream = io.BytesIO(b" " * 300_000)
    client.post("/simulate", environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True}, **headers)
    assert stream.tell() == 300_000
    endless = io.BytesIO(b" " * 2_000_000)
    client.post("/simulate", environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True}, **headers)
    assert endless.tell() < 600_000


@pytest.mark.parametrize("deep", [65, 100, 5_000, 2_000_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_a_body_that_nests_too_deep_is_400(client: FlaskClient, deep: int, brackets: str) -> None:
    inner = b"" if brackets == "[]" else b'"a":'
    data = (brackets[0].encode() + inner) * (deep - 1) + brackets.encode() + brackets[1].encode() * (deep - 1)
    answer = post(client, data)
    assert answer.status_code == 400
    assert answer.json["detail"] == "the body nests deeper than 64 levels"


def test_brackets_within_strings_nest_nothing(client: FlaskClient) -> None:
    data = json.dumps({"requests": "[{" * 500 + '\\"[[' * 50}).encode()
    assert post(client, data).status_code == 422


def test_the_deepest_body_allowed_is_read(client: FlaskClient) -> None:
    assert post(client, b"[" * 64 + b"]" * 64).status_code == 422


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='[]{}"\\n: ', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='[]{}"\\a', max_size=4), inner, max_size=4)
    ),
    max_leaves=30,
)


def depth(value: Any) -> int:
    """Say how deep a value nests, the slow way."""
    match value:
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case list():
            return 1 + max(map(depth, value), default=0)
        case _:
            return 0


@given(value=json_values, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_depth_is_that_of_the_parsed_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    for bound in range(depth(value) + 2):
        assert exceeds_depth(data, bound) == (depth(value) > bound)


@given(data=st.binary(max_size=200) | st.text(alphabet='[]{}"\\ a1,:', max_size=200).map(str.encode))
def test_depth_of_nonsense_is_still_an_answer(data: bytes) -> None:
    assert exceeds_depth(data, 3) in {True, False}
