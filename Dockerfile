# Two stages: the first fetches what the lock file names, the second holds only what runs.
FROM python:3.13-slim AS packages
WORKDIR /opt
COPY requirements.lock ./
RUN python -m venv /opt/packages \
    && /opt/packages/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.13-slim
RUN groupadd --system --gid 10001 desk \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin desk \
    && install -d -o desk -g desk -m 0700 /data
COPY --from=packages /opt/packages /opt/packages
# The program runs from its folder as it does from a checkout, so nothing is built here.
WORKDIR /opt/incidentdesk
COPY LICENSE ./
COPY migrations migrations
COPY templates templates
COPY incidentdesk incidentdesk
ENV PATH=/opt/packages/bin:$PATH \
    PYTHONPATH=/opt/incidentdesk \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INCIDENTDESK_DATA_DIR=/data \
    INCIDENTDESK_HOST=0.0.0.0
# By number, so that whoever runs the image can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "incidentdesk.cli"]
CMD ["serve"]
