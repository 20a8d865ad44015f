# why403: built in one stage, run in another that holds neither compilers nor sources.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# Dependencies first: this layer changes only with the lock files.
COPY requirements/ requirements/
RUN python -m venv /build \
    && /build/bin/pip install --require-hashes -r requirements/build.txt \
    && python -m venv /opt/why403 \
    && /opt/why403/bin/pip install --require-hashes -r requirements/postgres.txt

# The inner modules are compiled, unless COMPILED=0 or no compiler can be had; `why403 --version` says which it is.
ARG COMPILED=1
RUN if [ "$COMPILED" = 1 ] && apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev; \
    then /build/bin/pip install --require-hashes -r requirements/compile.txt; \
    else echo "NOT COMPILED: the image will run plain Python" >&2; fi

COPY . .
# Imports from bytecode are three times as fast, and the service cannot write any later.
RUN wheel="/build/bin/python -m hatchling build --target wheel --directory /wheels" \
    && { { command -v gcc && WHY403_COMPILED=1 $wheel; } || { echo "NOT COMPILED: plain Python" >&2; $wheel; }; } \
    && /opt/why403/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/why403/bin/why403 --version \
    && /opt/why403/bin/pip uninstall --yes pip \
    && python -m compileall -q -j 0 /opt/why403/lib


FROM python:3.12-slim
RUN useradd --system --uid 10403 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin why403
COPY --from=build /opt/why403 /opt/why403
# What is kept: diagnoses, plans, audit. A volume, so that it outlives the container; or name a PostgreSQL instead.
RUN install --directory --owner=why403 --mode=0700 /var/lib/why403
VOLUME /var/lib/why403

# The counters that processes share live in memory; the service makes and empties the directory when it starts.
ENV PATH=/opt/why403/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PROMETHEUS_MULTIPROC_DIR=/dev/shm/why403-metrics \
    WHY403_STORE_URL=sqlite:////var/lib/why403/store.db
USER why403
EXPOSE 8403
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8403/healthz', timeout=2)"]
# It listens on every address of the container, so WHY403_API_KEYS or WHY403_API_KEYS_FILE must be given.
CMD ["why403", "serve", "--host", "0.0.0.0", "--port", "8403"]
