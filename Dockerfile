# Two stages: the first builds Lotse and its dependencies into a virtual environment, the second only runs it.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/lotse \
 && /opt/lotse/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY knowledge knowledge
COPY scheduler scheduler
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/lotse/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data lotse \
 && mkdir /data && chown lotse:lotse /data
COPY --from=build /opt/lotse /opt/lotse
ENV PATH=/opt/lotse/bin:$PATH LOTSE_DATA_DIR=/data LOTSE_LOG_FORMAT=json
USER lotse
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["lotse", "health"]
CMD ["lotse", "run"]
