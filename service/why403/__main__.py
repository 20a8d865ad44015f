"""The command line: serve, diagnose, plan, simulate, say what may be read, make keys, update the store."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from why403.bootstrap import FORM, build, opened, reader_of
from why403.domain.errors import InvalidInput, LayerContractError, Unavailable
from why403.domain.numbers import loads
from why403.entries import new_store_key
from why403.rendering import plan_terminal, terminal
from why403.services import Services
from why403.settings import (
    PREFIX,
    SCOPES,
    SettingsError,
    plain_terminal,
    read_settings,
    state_directory,
    store_file,
)
from why403.usecases.diagnose import diagnose
from why403.usecases.permissions import HOLDERS, PARTITIONS, Deployment, described, needs, policy_for, where
from why403.usecases.remediate import remediate
from why403.usecases.simulate import simulate
from why403.usecases.writer_permissions import belongs_to, writer_policy
from why403.web.keys import new_key

CERTAIN, OPEN, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 certain, 1 not decided, 2 the input could not be read."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (SettingsError, LayerContractError, Unavailable) as error:
        print(f"why403: {error}", file=sys.stderr)
        return UNREADABLE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="why403", description="Decides and explains why Amazon S3 answered 403.")
    parser.add_argument("--version", action="version", version=f"why403 {version('why403')} ({FORM})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="answer over HTTP, configured by WHY403_* variables")
    serve.add_argument("--host", help="address to listen on (default: loopback)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 8403)")
    serve.set_defaults(run=_serve)
    paste = commands.add_parser("diagnose", help="explain a pasted refusal, as POST /diagnose does")
    paste.add_argument("file", nargs="?", default="-", help="what was printed, or a /diagnose body (default: stdin)")
    paste.add_argument("--json", action="store_true", help="print the answer of /diagnose")
    paste.set_defaults(run=_diagnose)
    plan = commands.add_parser("remediate", help="plan what would mend a pasted refusal, as POST /remediate does")
    plan.add_argument("file", nargs="?", default="-", help="what was printed, or a /remediate body (default: stdin)")
    plan.add_argument("--accept-public", action="store_true", help="also give a plan that would let in anybody")
    plan.add_argument("--json", action="store_true", help="print the answer of /remediate")
    plan.set_defaults(run=_remediate)
    decide = commands.add_parser("simulate", help="decide requests of a file, as POST /simulate does")
    decide.add_argument("file", nargs="?", default="-", help="a /simulate body or a single request (default: stdin)")
    decide.add_argument("--json", action="store_true", help="print the answer of /simulate")
    decide.set_defaults(run=_simulate)
    _add_permissions(commands)
    key = commands.add_parser("new-key", help="make a key for a caller of the service")
    key.add_argument("name", help="whose key it is, for the log")
    key.add_argument("scopes", nargs="+", choices=sorted(SCOPES), help="what it may do")
    key.set_defaults(run=_new_key)
    _add_store(commands)
    return parser


def _add_store(commands: Any) -> None:
    upgrade = commands.add_parser("migrate", help="make or update the tables of the store, as `serve` does by itself")
    upgrade.add_argument("--reseal", action="store_true", help="also encrypt with the first key what is not")
    upgrade.set_defaults(run=_migrate)
    sealing = commands.add_parser("new-store-key", help="make a key that the store encrypts with, for WHY403_STORE_KEY")
    sealing.set_defaults(run=_new_store_key)


def _add_permissions(commands: Any) -> None:
    needed = commands.add_parser("permissions", help="print the IAM policy with which the service can read AWS")
    needed.add_argument("--for", dest="holder", choices=HOLDERS, default="own", help="whose policy (default: own)")
    needed.add_argument("--writer", action="store_true", help="the policy of the role that changes AWS, in its place")
    needed.add_argument("--partition", choices=PARTITIONS, default="aws", help="of the ARNs in it (default: aws)")
    needed.add_argument("--with-objects", action="store_true", help="also give what opens objects, where calls need it")
    form = needed.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the policy document (the default)")
    form.add_argument("--markdown", action="store_true", help="print a page with all policies and the reason of each")
    needed.set_defaults(run=_permissions)


def _say(text: str) -> None:
    """Print; where nobody reads any more, as behind `head`, what is left goes nowhere."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _serve(options: argparse.Namespace) -> int:
    from why403.server import run  # noqa: PLC0415 - gunicorn is for those who serve

    run(read_settings(host=options.host, port=options.port))
    return CERTAIN


def _diagnose(options: argparse.Namespace) -> int:
    def answer(text: str) -> dict[str, Any]:
        return diagnose(_services(), _body_of(text))

    found = _answered(options.file, answer)
    if found is None:
        return UNREADABLE
    colour = sys.stdout.isatty() and not plain_terminal()
    _say(json.dumps(found, indent=2, ensure_ascii=False) if options.json else terminal(found, colour=colour))
    return CERTAIN if found["certainty"] in {"proven", "by_elimination"} else OPEN


def _remediate(options: argparse.Namespace) -> int:
    def answer(text: str) -> dict[str, Any]:
        body = _body_of(text)
        return remediate(_services(), body | {"accept_public": True} if options.accept_public else body).answer

    found = _answered(options.file, answer)
    if found is None:
        return UNREADABLE
    colour = sys.stdout.isatty() and not plain_terminal()
    _say(json.dumps(found, indent=2, ensure_ascii=False) if options.json else plan_terminal(found, colour=colour))
    return CERTAIN if found["proof"]["after"]["decision"] == "allowed" else OPEN


def _services() -> Services:
    settings = read_settings()
    return build(settings, reader=reader_of(settings))


def _body_of(text: str) -> dict[str, Any]:
    """Return a /diagnose or /remediate body as it is, an event as one, and anything else as what was printed."""
    try:
        held = loads(text)
    except (ValueError, RecursionError):
        return {"error": text}
    return (
        held if isinstance(held, dict) and {"error", "event", "request", "log_group"} & held.keys() else {"error": text}
    )


def _simulate(options: argparse.Namespace) -> int:
    def answer(text: str) -> dict[str, Any]:
        body = loads(text)
        if not isinstance(body, dict):
            raise InvalidInput.at("", "must be an object")
        body = body if "requests" in body else {"requests": [body]}
        most, requests = read_settings().max_requests_per_body, body["requests"]
        if isinstance(requests, list) and len(requests) > most:
            raise InvalidInput.at("/requests", f"holds {len(requests)} requests; {most} are accepted")
        return simulate(_services(), body)

    found = _answered(options.file, answer)
    if found is None:
        return UNREADABLE
    last = [result.get("after", result) for result in found["results"]]
    _say(json.dumps(found, indent=2, ensure_ascii=False) if options.json else "\n\n".join(map(_told, last)))
    return OPEN if any(result["decision"] == "unknown" for result in last) else CERTAIN


def _answered(file: str, answer: Callable[[str], dict[str, Any]]) -> dict[str, Any] | None:
    """Return the answer to what a file or standard input holds; None, having said it, where that cannot be read."""
    try:
        return answer(sys.stdin.read() if file == "-" else Path(file).read_text("utf-8"))
    except InvalidInput as error:
        for fault in error.faults:
            print(f"why403: {fault.pointer or 'the input'}: {fault.message}", file=sys.stderr)
    except (OSError, ValueError, RecursionError) as error:
        print(f"why403: {file}: {error}", file=sys.stderr)
    return None


def _told(result: Mapping[str, Any]) -> str:
    """Return a decision as lines of text."""
    if "summary" not in result:
        return f"{result['decision']} {result['layer'] or ''}".strip()
    lines = [result["summary"]]
    lines += [f"  - {each['layer']} ({each['kind']}): {each['because']}" for each in result["blockers"][1:]]
    for each in result["doubts"]:
        needs = f" (needs {each['needs']})" if each["needs"] else ""
        lines.append(f"  ? {each['layer']}: {each['because']}{needs}")
    lines += [f"  ! {each['fact']}{each['pointer']}: {each['message']}" for each in result["warnings"]]
    return "\n".join(lines)


def _permissions(options: argparse.Namespace) -> int:
    settings = read_settings()
    registry = build(settings).registry
    deployment = Deployment(
        role_name=settings.role_name,
        accounts=settings.collect_accounts,
        organization_account=settings.organization_account,
        partition=options.partition,
        objects=options.with_objects or settings.collect_objects,
    )
    if options.writer:
        _say(json.dumps(writer_policy(options.partition, canaries=options.with_objects), indent=2))
        print(f"why403: {belongs_to(settings.writer_role)}", file=sys.stderr)
        return CERTAIN
    if options.markdown:
        _say(described(registry, deployment).rstrip("\n"))
        return CERTAIN
    _say(json.dumps(policy_for(options.holder, needs(registry), deployment), indent=2))
    print(f"why403: {where(options.holder, deployment)}", file=sys.stderr)
    return CERTAIN


def _new_key(options: argparse.Namespace) -> int:
    made = new_key()
    _say(f"key for {options.name}, shown only now:  {made.secret}")
    _say(f"entry for WHY403_API_KEYS:  {options.name}:{'+'.join(options.scopes)}:{made.sha256}")
    return CERTAIN


def _migrate(options: argparse.Namespace) -> int:
    settings = read_settings()
    if settings.store_url is None:
        settings = replace(settings, store_url=store_file(state_directory()))
    store = opened(settings)
    if store is None:
        print(f"why403: {PREFIX}STORE_URL says that nothing is kept", file=sys.stderr)
        return UNREADABLE
    _say(f"the tables are of version {store.prepare()}")
    if options.reseal:
        _say(f"encrypted anew: {store.reseal()} rows")
    return CERTAIN


def _new_store_key(_options: argparse.Namespace) -> int:
    _say(new_store_key())
    return CERTAIN


if __name__ == "__main__":
    sys.exit(main())
