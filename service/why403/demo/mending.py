"""One refusal mended: planned, applied to the stand-in accounts, verified and taken back, over HTTP like all the rest.

The service that may change them is another process, with a key for it: the one that keeps serving changes nothing.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from why403.demo import showing
from why403.demo.processes import ask, looked_at, serving
from why403.web.keys import new_key

_SCOPES: Final = "remediate+apply"
_REAL: Final = {"dry_run": False}


class _Service(NamedTuple):
    """Where the service is, and with which key it is asked."""

    port: int
    key: str

    def post(self, path: str, body: object, wanted: str) -> Any:
        """Return the answer; raises Astray for any other status than 200, or another state than the wanted one."""
        status, answer = ask(self.port, "POST", path, body, self.key)
        if status != HTTPStatus.OK or answer["state"] != wanted:
            raise Astray(f"{path} answered {status}: {answer.get('detail') or answer['state']}")
        return answer


class Astray(Exception):
    """Something did not go as it was made to."""


def mend(environment: Mapping[str, str], story: Mapping[str, Any], role: str) -> bool:
    """Print how a refusal is mended and taken back; return whether all went well and everything is as it was."""
    showing.title(story["id"], story["title"])
    showing.row("pasted", story["pasted"], lines=2)
    secret = new_key()
    keys = {"WHY403_API_KEYS": f"demo:{_SCOPES}:{secret.sha256}", "WHY403_WRITER_ROLE": role}
    accounts = story["accounts"]
    before = looked_at(environment, accounts)
    with serving({**environment, **keys}, 0) as port:
        try:
            plan = _planned(_Service(port, secret.secret), story)
            _applied(_Service(port, secret.secret), plan, lambda: looked_at(environment, accounts) != before)
        except Astray as astray:
            print(f"    ASTRAY  {astray}\n")
            return False
    equal = looked_at(environment, accounts) == before
    showing.row("state", "as at the start: bucket policies byte for byte, IAM's as documents" if equal else "CHANGED")
    print()
    return equal


def _planned(service: _Service, story: Mapping[str, Any]) -> str:
    """Print the plan; return its id."""
    body = {"error": story["pasted"], "request": story["request"]}
    plan = service.post("/remediate", body, "proposed")
    showing.plan(plan)
    if plan["proof"]["after"]["decision"] != "allowed":
        raise Astray("the plan is not proven")
    name: str = plan["id"]
    return name


def _applied(service: _Service, plan: str, is_changed: Any) -> None:
    """Apply a plan, verify it and take it back, printing what becomes of it."""
    path = f"/plans/{plan}"
    showing.row("try", _calls(service.post(f"{path}/apply", {}, "proposed")))
    if is_changed():
        raise Astray("a dry run changed something")
    showing.row("apply", _calls(service.post(f"{path}/apply", _REAL, "applied")))
    if not is_changed():
        raise Astray("nothing was changed")
    verified = service.post(f"{path}/verify", {}, "verified")
    showing.row("verify", verified["decision"]["summary"])
    showing.row("undo", _calls(service.post(f"{path}/rollback", _REAL, "rolled_back")))


def _calls(answer: Mapping[str, Any]) -> str:
    calls = ", ".join(f"{each['call']} in {each['account']} ({each['status']})" for each in answer["calls"])
    return f"{answer['state']}: {calls}"
