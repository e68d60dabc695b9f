# The gateway as an image: built with Node.js and uv, run with neither. docs/operating.md tells how it is used.
# Where packages come from mirrors: --build-arg PIP_INDEX_URL=... UV_DEFAULT_INDEX=... NPM_CONFIG_REGISTRY=...

FROM node:24-trixie-slim AS node

FROM python:3.14-slim-trixie AS build
ARG UV_VERSION=0.13.9
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX
ARG NPM_CONFIG_REGISTRY
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never \
    VIRTUAL_ENV=/opt/trunkline
RUN pip install --no-cache-dir "uv==${UV_VERSION}" \
 && uv venv "${VIRTUAL_ENV}"

# What it needs: what the lock names, by its hashes, and nothing that would have to be compiled. Changes rarely.
WORKDIR /build
COPY requirements.lock ./
RUN uv pip install --require-hashes --no-deps --only-binary :all: -r requirements.lock

# The explorer is built with the wheel, and an image without it is a mistake.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY . .
RUN uv build --wheel --out-dir wheel \
 && uv pip install --no-deps wheel/*.whl \
 && uv pip check \
 && test -s "${VIRTUAL_ENV}"/lib/python3*/site-packages/gateway/explorer_built/index.html

FROM python:3.14-slim-trixie
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Trunkline" \
      org.opencontainers.image.description="One GraphQL endpoint over the many systems of a telecom operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --system --gid 10001 trunkline \
 && useradd --system --uid 10001 --gid trunkline --no-create-home --home-dir /nonexistent trunkline
# It belongs to root: who runs it cannot change it, and the image's file system may be read-only.
COPY --from=build --chown=0:0 /opt/trunkline /opt/trunkline
ENV PATH=/opt/trunkline/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TRUNKLINE_HOST=0.0.0.0 \
    TRUNKLINE_PORT=8080
WORKDIR /etc/trunkline
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-I", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['TRUNKLINE_PORT']), timeout=3); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["trunkline"]
CMD ["serve", "--config", "/etc/trunkline/trunkline.yaml"]
