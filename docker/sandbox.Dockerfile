# The sandbox as a container: docker build -f docker/sandbox.Dockerfile -t linkedin-sandbox .
FROM python:3.13-slim

# The API needs the standard library only; these are for the feed page. openssl, for --tls and --proxy, is in the base.
RUN pip install --no-cache-dir --disable-pip-version-check "jinja2>=3.1,<4" "regex>=2024.11.6" "pypdf>=5,<7"

COPY publisher/__init__.py /app/publisher/
COPY publisher/feedview /app/publisher/feedview
COPY publisher/sandbox /app/publisher/sandbox

# A database (--db) and the authority of --tls live here; mount a volume to keep them.
RUN useradd --system --create-home --home-dir /data sandbox
USER sandbox
WORKDIR /data
ENV PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

EXPOSE 8642
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8642/_sandbox/clock', timeout=2)"]

# Inside the network of compose or GitHub services, clients use the service's name.
ENTRYPOINT ["python", "-m", "publisher.sandbox", "--host", "0.0.0.0", "--allow-host", "linkedin", "--allow-host", "sandbox"]
