"""A Flask application that only parses a body and writes an answer, under the gunicorn of the service.

`python -m tests.bench.plain FILE` serves the value that the JSON file has under NAME: at /own/NAME as anybody would
write it, with Flask's own JSON, and at /floor/NAME as fast as Flask can be, with orjson.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, jsonify, request

from why403 import logs
from why403.server import Server
from why403.settings import Settings, read_settings


def plain_app(answers: dict[str, Any]) -> Flask:
    """Return the application; what it answers is as large as what the service answers."""
    app = Flask(__name__, static_folder=None, template_folder=None)

    @app.post("/own/<name>")
    def own(name: str) -> Response:
        request.get_json()
        return jsonify(answers[name])

    @app.post("/floor/<name>")
    def floor(name: str) -> Response:
        orjson.loads(request.get_data(cache=False))
        return Response(orjson.dumps(answers[name]), mimetype="application/json")

    return app


class PlainServer(Server):
    """The service's gunicorn with the plain application."""

    def __init__(self, settings: Settings, directory: Path, answers: dict[str, Any]) -> None:
        self._answers = answers
        super().__init__(settings, directory)

    def load(self) -> Flask:
        """Return the application."""
        return plain_app(self._answers)


def main() -> None:
    """Serve until a signal ends it."""
    settings = read_settings()
    logs.configure(settings.log_level)
    answers = json.loads(Path(sys.argv[1]).read_bytes())
    with tempfile.TemporaryDirectory() as directory:
        PlainServer(settings, Path(directory), answers).run()


if __name__ == "__main__":
    main()
