"""Secrets taken out of text before anything else sees it; key ids keep their prefix and last four characters.

Every rule works in linear time: names are searched as fixed texts, what follows is matched where it stands.
AWS: "Authenticating Requests (AWS Signature Version 4)", "Specifying server-side encryption with customer-provided
keys (SSE-C)", "Signature Calculation Error" (the elements `StringToSign` and `CanonicalRequest`).
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from why403.report.randomness import is_hex, is_random, turns
from why403.report.seams import whole
from why403.report.signed import MARK, kept


class _Span(NamedTuple):
    start: int
    end: int
    instead: str = MARK


_JOIN = r"[_.\- ]?"
# Matched in text made lower case, so that a search for names is a search for fixed letters.
_NAME: Final = re.compile(
    rf"secret{_JOIN}access{_JOIN}key|secret{_JOIN}key|access{_JOIN}key{_JOIN}secret|client{_JOIN}secret|secret"
    rf"|session{_JOIN}token|security{_JOIN}token|s3session{_JOIN}token|token-\d{{1,3}}|token"
    rf"|stringtosignbytes|stringtosign|canonicalrequestbytes|canonicalrequest|signatureprovided|signature"
    rf"|customer{_JOIN}key(?:{_JOIN}md5)?|sse-c-copy-source-key|sse-c-key"
    rf"|password|passwd|api{_JOIN}key|private{_JOIN}key|proxy-authorization|authorization|set-cookie|cookie|x-amz-mfa"
)
# Of which every name holds one.
_OF_NAMES: Final = (
    *("key", "token", "secret", "sign", "authorization", "canonicalrequest", "passw", "cookie", "x-amz-mfa"),
)
_WEAK: Final = frozenset({"secret", "token"})  # words of prose and parts of names
_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-amz-mfa"})

# Quotes as HTML writes them, escaped as often as a text was taken for plain.
_ENTITY: Final = r"&(?:amp;){0,4}(?:quot|apos|\#0{0,4}3[49]|\#x0{0,4}2[27]);"
_SEPARATOR: Final = re.compile(
    rf"""(?P<open>(?:["'\\\]]|{_ENTITY}){{0,6}})[ \t]{{0,4}}(?:\[[^\]\n]{{0,24}}\][ \t]?)?
        (?:(?P<tag>>|&gt;|\\u003e|\\x3e)|(?:=>|=|:|%3d|%253d)\s{{0,3}}|(?<=["'])\s?,\s?)
        (?:[bru](?=["']))?(?P<quote>\\{{0,6}}["']|\[|{_ENTITY})?""",
    re.VERBOSE,
)
_SPACE: Final = re.compile(r"""["']?\s{1,6}(?:(?:is|was)\s{1,3})?["']?(?=[a-z0-9+/=]{16})""")
_BARE: Final = re.compile(r"""[^\s"'<>&,;)}\]\\]+(?:\n[ \t]{0,8}[a-z0-9+/=%]{24,}(?=[&\n]|$))*""")
_REST: Final = re.compile(r"\n[ \t>|│┃]{0,12}([a-z0-9+/=]{1,63})(?![\w+/=-])")
_LENGTHS: Final = frozenset({24, 28, 40, 44, 64})  # digests, signatures, secret keys and keys of SSE-C
_TOKEN_LENGTH: Final = 100
_QUOTED: Final = {quote: re.compile(rf"(?:[^{quote}\\]|\\(?![\\]{{0,6}}{quote}))*") for quote in "\"'"}
_LINE: Final = re.compile(r"""(?:[^\n\r"'\\]|\\(?![nr"']))*""")
_DIGEST: Final = re.compile(r"digest[^\n\r]*")
_TAG_CLOSES: Final = re.compile(r"/[\w:.-]{0,40}\Z")
# S3's own elements, which hold spaces and line breaks; unclosed ones were cut off.
_ELEMENT: Final = re.compile(r"token-\d|stringtosign|canonicalrequest|signatureprovided")
_WHAT_S3_READ: Final = frozenset({"stringtosign", "canonicalrequest"})
_CLOSING: Final = re.compile(r"(?:<|&lt;|\\u003c|\\x3c)/|\(truncated")
_MORE: Final = re.compile(r"""\\{0,6}["']\s{0,8}\+\s{0,40}\\{0,6}["']""")  # JavaScript prints long texts in pieces

_SCOPE: Final = re.compile(r"Credential=([\w.]{1,128})/(\d{8}/[\w-]{1,40}/[\w-]{1,40}/aws4_request)")
_SIGNED: Final = re.compile(r"SignedHeaders=([\w;-]{1,2000})")

_KEY_ID: Final = re.compile(r"A[KS]IA[A-Z0-9]{12,}")
_HAS_KEY_ID: Final = re.compile(r"A[KS]IA(?:[A-Z0-9]{12}|\.\.\.)")
_OTHER_ID: Final = re.compile(r"(?:AWSAccessKeyId(?:=|>|%3D)|Credential=|Credential%3D)([A-Za-z0-9_]{12,})")
_BESIDE: Final = re.compile(
    r"A[KS]IA(?:[A-Z0-9]{12,124}|\.\.\.[A-Z0-9]{4})[^A-Za-z0-9+\n]{1,8}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
)
_FORTY: Final = re.compile(r"(?<![A-Za-z0-9/+])/?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
# Paths of roles and sessions are as long as a secret key now and then.
_IN_ARN: Final = re.compile(r"arn:aws[a-z-]{0,10}:(?:iam|sts)::\d{12}:[\w-]{1,20}(?:/[\w+=,.@-]{0,64})?\Z")
# The end of a bucket's name with the beginning of a key has a secret's length as often as not.
_IN_BUCKET: Final = re.compile(r"(?:arn:aws[a-z-]{0,10}:s3:::|s3[an]?://)[a-z0-9.-]{1,62}[.-]\Z")
_ARN_HEAD: Final = 140
_TOKEN: Final = re.compile(r"(?:IQoJb3|FwoGZX|FwoDYX|FQoGZX|FQoDYX|AQoDYX|AQoEXA|AgoJb3|AgoGb3)[A-Za-z0-9+/=%]{16,}")
_OF_TOKENS: Final = ("oJb3", "oGZX", "oDYX", "oEXA", "oGb3")
_LONGEST_WORD: Final = 200
_LONG: Final = re.compile(r"(?<![A-Za-z0-9+/=%])[A-Za-z0-9+/=%]{200,}")
_JWT: Final = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]+){1,4}")
_BEARER: Final = re.compile(r"\b[Bb]earer\s{1,4}[A-Za-z0-9._~+/=-]{8,}")
_USER_INFO: Final = re.compile(
    r"(?<=://)[^\s:/@]{1,128}:(?!\d{1,5}(?:/|\s))[^\s@/]{1,200}@|(?<=s3[an]://)[^\s:/@]{1,128}:[^\s@]{1,200}@"
)
_PEM: Final = "-----BEGIN"
_PEM_END: Final = "-----END"

_LONGEST_NAME: Final = 100  # with what separates it from its value
_SHORT_SECRET: Final = 16
_LONG_WORD: Final = 32  # longer than words are
_FEWEST_TURNS: Final = 9
_ROUNDS: Final = 4
_MORE_ROUNDS: Final = 200_000  # characters: short texts may be looked through so often that it comes to these


class Stripped(NamedTuple):
    """A text without secrets, and whether nothing would be found in it if it was looked through once more."""

    text: str
    is_settled: bool


def strip_secrets(text: str) -> str:
    """Return the text without secrets: what they say is replaced, their names stay."""
    return stripped(text).text


def stripped(text: str) -> Stripped:
    """Return the same, and whether looking further would find nothing."""
    # A replacement may free what stood joined to it, line by line where a narrow terminal broke a secret.
    for _ in range(max(_ROUNDS, min(len(text), _MORE_ROUNDS // max(len(text), 1)))):
        found = _without(text, sorted((*_spans(text), *_across(text))))
        if found == text:
            return Stripped(text, is_settled=True)
        text = found
    return Stripped(text, is_settled=False)


def _without(text: str, spans: list[_Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, instead in spans:
        if start < at:
            at = max(at, end)  # two rules overlap: the union goes
            continue
        pieces += (text[at:start], instead)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _spans(text: str) -> Iterator[_Span]:
    yield from _named(text)
    yield from _keys(text)
    for words, pattern in ((_OF_TOKENS, _TOKEN), (("eyJ",), _JWT), (("earer",), _BEARER)):
        if _holds(text, words):
            yield from (_Span(*found.span()) for found in pattern.finditer(text))
    if len(text) >= _LONGEST_WORD:
        yield from (_Span(*found.span()) for found in _LONG.finditer(text) if is_random(found[0]))
    if "@" in text and "://" in text:
        yield from (_Span(found.start(), found.end() - 1) for found in _USER_INFO.finditer(text))
    yield from _private_keys(text)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text holds one of the words, which is told sooner than where an expression matches."""
    for word in words:  # noqa: SIM110 - a generator takes longer than most of these searches
        if word in text:
            return True
    return False


def _across(text: str) -> Iterator[_Span]:
    """Yield the secrets that a break inside a word cut: those which are as long as secrets are without it."""
    joined = whole(text)
    if joined is None or joined.text == text:
        return
    for start, end, instead in _spans(joined.text):
        first, last = joined.original(start), joined.original(end - 1) + 1
        if last - first > end - start and (end - start in _LENGTHS or end - start >= _TOKEN_LENGTH):
            yield _Span(first, last, instead)


def _lower(text: str) -> str:
    lower = text.lower()
    # The lower case of a few letters is longer than they are; positions must stay.
    return lower if len(lower) == len(text) else "".join(char.lower() if char.isascii() else char for char in text)


def _named(text: str) -> Iterator[_Span]:
    lower, at = _lower(text), 0
    if not _holds(lower, _OF_NAMES):
        return
    while found := _NAME.search(lower, at):
        at = found.end()
        span = _value(text, lower, found, at)
        if span is not None:
            yield span
            # What was taken for a value may end in a name that has its own.
            at = max(span.end - _LONGEST_NAME, at)


def _value(text: str, lower: str, found: re.Match[str], at: int) -> _Span | None:
    """Return where the value of a name stands and what replaces it, None if no value follows."""
    name, follows = found[0], _SEPARATOR.match(lower, at)
    if follows is None:
        spaced = None if name in _WEAK or name in _HEADERS else _SPACE.match(lower, at)
        return _bare(lower, spaced.end(), needs_digit=True) if spaced else None
    start, quote = follows.end(), follows["quote"]
    if follows["tag"]:
        return (
            None
            if _TAG_CLOSES.search(lower, max(0, found.start() - 41), found.start())
            else _inside(text, lower, name, start)
        )
    if name in _HEADERS:
        return _header(text, lower, name, start, quoted=quote not in {None, "["})
    if quote and quote[-1] in "\"'":
        return _between_quotes(lower, start, quote[-1])
    return _bare(lower, start, needs_digit=name in _WEAK)


def _inside(text: str, lower: str, name: str, start: int) -> _Span | None:
    """Return the content of an element; unclosed, the rest of the text may be of S3's own elements."""
    if _ELEMENT.match(name):
        closing = _CLOSING.search(lower, start)
        end = closing.start() if closing else len(lower)
        return _Span(start, end, kept(text[start:end]) if name in _WHAT_S3_READ else MARK)
    return _bare(lower, start, needs_digit=name in _WEAK)


def _bare(lower: str, start: int, *, needs_digit: bool) -> _Span | None:
    found = _BARE.match(lower, start)
    if found is None or (needs_digit and not _might_be_secret(found[0])):
        return None
    rest = _REST.match(lower, found.end())
    # A line's end may have cut it: then both parts together are as long as such secrets are.
    whole = rest is not None and len(found[0]) + len(rest[1]) in _LENGTHS
    return _Span(start, rest.end() if rest and whole else found.end())


def _might_be_secret(value: str) -> bool:
    return len(value) >= _LONG_WORD or (len(value) >= _SHORT_SECRET and any(char.isdigit() for char in value))


def _between_quotes(lower: str, start: int, quote: str) -> _Span | None:
    end = _end(_QUOTED[quote], lower, start)
    while more := _MORE.match(lower, end):
        end = _end(_QUOTED[quote], lower, more.end())
    return _Span(start, end) if end > start else None


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _header(text: str, lower: str, name: str, start: int, *, quoted: bool) -> _Span | None:
    digest = None if quoted else _DIGEST.match(lower, start)
    end = digest.end() if digest else _end(_LINE, lower, start)
    if end == start:
        return None
    return _Span(start, end, _signed(text[start:end]) if name == "authorization" else MARK)


def _signed(value: str) -> str:
    """Return what of an Authorization header is no secret: the scope of the credential and which headers are signed."""
    scope, headers = _SCOPE.search(value), _SIGNED.search(value)
    if scope is None:
        return MARK
    told = f"AWS4-HMAC-SHA256 Credential={_shortened(scope[1])}/{scope[2]}"
    return f"{told}, SignedHeaders={headers[1]}, Signature={MARK}" if headers else f"{told}, Signature={MARK}"


def _shortened(key_id: str) -> str:
    return key_id if "..." in key_id or len(key_id) <= len("AKIA0000") else f"{key_id[:4]}...{key_id[-4:]}"


def _keys(text: str) -> Iterator[_Span]:
    has_key_id = False
    if "KIA" in text or "SIA" in text:
        yield from (_Span(*found.span(), _shortened(found[0])) for found in _KEY_ID.finditer(text))
        yield from (_Span(*found.span(1)) for found in _BESIDE.finditer(text))
        has_key_id = _HAS_KEY_ID.search(text) is not None
    if "AWSAccessKeyId" in text or "Credential" in text:
        yield from (_Span(*found.span(1), _shortened(found[1])) for found in _OTHER_ID.finditer(text))
    for found in _FORTY.finditer(text):
        head = max(0, found.start() - _ARN_HEAD), found.start()
        in_arn = _IN_ARN.search(text, *head) is not None or _IN_BUCKET.search(text, *head) is not None
        padded = text.startswith("=", found.end())
        if not in_arn and _is_secret_key(found[0], beside_id=has_key_id, padded=padded):
            yield _Span(*found.span())


def _is_secret_key(text: str, *, beside_id: bool, padded: bool) -> bool:
    changes = turns(text)
    if beside_id:
        # Near a key id whatever has a secret's length is one, but a path.
        return "/" not in text or changes >= _FEWEST_TURNS
    return changes > _FEWEST_TURNS and not padded and not is_hex(text)


def _private_keys(text: str) -> Iterator[_Span]:
    at = text.find(_PEM)
    while at >= 0:
        end = text.find(_PEM_END, at)
        line = text.find("\n", at)
        is_private = "PRIVATE KEY" in text[at : at + 64]
        stop = len(text) if end < 0 else end
        if is_private and 0 <= line < stop:
            yield _Span(line + 1, stop)
        at = text.find(_PEM, stop)
