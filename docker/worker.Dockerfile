# publisher with everything that workers need: docker build -f docker/worker.Dockerfile -t publisher-worker .
FROM python:3.12-slim

# git for `worker --git`; Debian's stable branch is pinned by the base image
# hadolint ignore=DL3008
RUN apt-get update -q && apt-get install -y -q --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10001 --create-home publisher
COPY requirements/extras.txt /tmp/extras.txt
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /tmp/extras.txt && rm /tmp/extras.txt
COPY . /tmp/source
RUN pip install --no-cache-dir --no-deps /tmp/source && rm -rf /tmp/source

USER 10001
WORKDIR /project
ENV PYTHONDONTWRITEBYTECODE=1 PUBLISHER_WORKER_LOG=json

EXPOSE 9180
# alive, not ready: a lost database must not restart the worker
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9180/livez', timeout=4)"]
ENTRYPOINT ["publisher"]
CMD ["worker", "--listen", "0.0.0.0:9180"]
