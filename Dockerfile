# publisher as an image: docker run --rm -v "$PWD:/project" ghcr.io/OWNER/publisher plan
FROM python:3.12-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
  && useradd --create-home publisher
COPY requirements/base.txt /tmp/base.txt
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /tmp/base.txt
COPY . /tmp/source
RUN pip install --no-cache-dir --no-deps /tmp/source && rm -rf /tmp/source
USER publisher
WORKDIR /project
ENTRYPOINT ["publisher"]
