"""The application: where blueprints, guard, problems and recording come together."""

from dataclasses import replace

import structlog
from flask import Flask

from why403.bootstrap import build, reader_of, store_of, writer_of
from why403.metrics import Metrics
from why403.services import Services
from why403.settings import Settings, metrics_directory
from why403.web import applying, diagnose, documentation, layers, operations, plans, remediate, simulate
from why403.web.access import guard
from why403.web.encoding import OrjsonProvider
from why403.web.parts import Parts, keep
from why403.web.patience import patience
from why403.web.problems import answer_problems
from why403.web.recording import begin, finish


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Return the application; services are built from the settings unless given.

    Nothing is kept unless the settings say where. Raises LayerContractError where a layer cannot be used.
    """
    app = Flask(__name__, static_folder=None, template_folder=None)
    # One byte more than may come, so that a body that was cut there is told from one that fits: see `web.body`.
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body_bytes + 1, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.json = OrjsonProvider(app)
    # A path is answered as it was sent or not at all: no redirects.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    patience.most = settings.threads
    metrics = Metrics(directory=metrics_directory())
    if services is None:
        reader = reader_of(settings, metrics.called)
        services = build(settings, tell=metrics.failed, watch=metrics.watch, reader=reader)
        writer = writer_of(settings, reader, metrics.called)
        services = replace(services, store=store_of(settings, metrics.stored), writer=writer)
    log = structlog.get_logger("why403").bind()
    keep(Parts(settings=settings, services=services, metrics=metrics, log=log), app.extensions)
    app.before_request(begin)
    app.before_request(guard)
    app.after_request(finish)
    answer_problems(app)
    for module in (simulate, diagnose, remediate, plans, applying, layers, operations, documentation):
        app.register_blueprint(module.blueprint)
    return app
