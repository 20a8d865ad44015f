"""The accounts of the demo: a server on loopback, in a process of its own, that keeps what AWS would.

moto holds the state and decides nothing; ordinary calls of boto3 put it there. One line of JSON on standard output says
where it is and with which key it is read. It ends when its standard input does: it never outlives whoever started it.
"""

import json
import logging
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from why403.demo.gaps import Gaps, name_accounts
from why403.demo.seed import REGION, account_ids, planted

_HOST = "127.0.0.1"


def main(file: Path) -> None:
    """Serve the organization that a file describes until standard input ends."""
    organization = json.loads(file.read_text("utf-8"))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else it tells of every request
    name_accounts(account_ids(organization))
    kept = Gaps(DomainDispatcherApplication(create_backend_app))
    server = make_server(_HOST, 0, kept, threaded=True, request_handler=MotoRequestHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://{_HOST}:{server.port}"
    told = {"url": url, "region": REGION, "management_account": DEFAULT_ACCOUNT_ID}
    told["role_name"] = organization["reader"]["role"]
    print(json.dumps({**told, **planted(organization, url)}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]))
