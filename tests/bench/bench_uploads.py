"""Uploads against a sandbox process: ours beside a plain `curl` of the same bytes; memory beside the media's size.

Twice: over loopback, where an answer comes at once, and with each answer `DISTANCE` late, as over a network.
"""

import hashlib
import os
import statistics
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

from publisher.model.config import Api, Config, LinkedIn
from publisher.model.post import Author, Media, MediaKind
from publisher.networks.linkedin import uploads as sending
from publisher.networks.linkedin.open_gateway import PostsGateway, open_gateway
from publisher.networks.linkedin.transport import Runtime
from publisher.networks.linkedin.ugc_posts import UgcGateway
from publisher.publishing.uploads import AT_ONCE
from tests.bench.bench_sandbox import Caller, running
from tests.bench.measure import publisher, table

MB = 1_000_000
VIDEO, IMAGE, IMAGES = 100 * MB, 5 * MB, 10
FILMS = (5 * MB, 500 * MB)
RUNS = 5
DISTANCE = 0.1
"""Seconds."""


def main() -> None:
    """Print the tables."""
    with running() as sandbox, tempfile.TemporaryDirectory() as folder:
        throughput(sandbox, Path(folder), "answers at once")
        memory(sandbox, Path(folder) / "project")
    late = f"slow,seconds={DISTANCE},count=0"
    with running("--fault", late) as sandbox, tempfile.TemporaryDirectory() as folder:
        throughput(sandbox, Path(folder), f"each answer {1000 * DISTANCE:.0f} ms late")


def throughput(sandbox: dict[str, Any], root: Path, distance: str) -> None:
    """MB a second of each way."""
    video = write_video(root / "film.mp4", VIDEO, os.urandom(MB))
    images = [write_image(root / f"{number}.png", IMAGE) for number in range(IMAGES)]
    posts, ugc = gateway(sandbox, root, "posts"), gateway(sandbox, root, "ugcPosts")
    author = Author(sandbox["member"], "me")
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "video, curl: one PUT": (VIDEO, lambda: curl(sandbox, root, [video])),
        "video, ours: one PUT (ugcPosts)": (VIDEO, lambda: ugc.upload(author, video)),
        "video, ours: in parts, 1 at once (posts)": (VIDEO, lambda: one_by_one(posts, author, video)),
        f"video, ours: in parts, {sending._PARALLEL} at once (posts)": (
            VIDEO,
            lambda: posts.upload(author, video),
        ),
        "images, curl: one after the other": (IMAGE * IMAGES, lambda: curl(sandbox, root, images)),
        "images, ours: one after the other": (
            IMAGE * IMAGES,
            lambda: [ugc.upload(author, image) for image in images],
        ),
        f"images, ours: {AT_ONCE} at once, as of one post": (
            IMAGE * IMAGES,
            lambda: at_once(lambda image: ugc.upload(author, image), images),
        ),
    }
    # turn by turn, so that a busy moment of the machine strikes all of them
    turns = [{name: timed(work) for name, (_, work) in ways.items()} for _ in range(RUNS)]
    rows, reference = [], 0.0
    for name, (size, _) in ways.items():
        seconds = statistics.median(turn[name] for turn in turns)
        if "curl" in name:
            reference = seconds
        rows.append([name, size // MB, seconds, size / MB / seconds, seconds / reference])
    table(f"Uploads, {distance}: register, send, await; ours checks the bytes' sha256 first", HEAD, rows)


HEAD = ("upload", "MB", "seconds", "MB a second", "x curl")


def memory(sandbox: dict[str, Any], root: Path) -> None:
    """Whole processes of `publisher publish` with one small and one large film."""
    rows: list[list[object]] = []
    for api in ("ugcPosts", "posts"):
        for size in FILMS:
            work = root / f"{api}-{size}"
            (work / "content").mkdir(parents=True)
            write_video(work / "content" / "film.mp4", size, b"")
            post = f"---\nmedia: {{path: film.mp4, title: A film}}\n---\nA film of {size} bytes, by {api}.\n"
            (work / "content" / "film.md").write_text(post)
            (work / "publisher.yaml").write_text(
                f'authors: {{me: {{urn: "{sandbox["member"]}"}}}}\napi: {api}\n'
            )
            env = {**sandbox["environment"], "PUBLISHER_CACHE_DIR": ""}
            figure = publisher(work, "publish", runs=1, env=env)
            rows.append([f"{api}, a film of {size // MB} MB", figure.seconds, figure.peak_mb])
    table("publish, as a whole process", ("post", "seconds", "peak MB"), rows)


def gateway(sandbox: dict[str, Any], root: Path, api: Api) -> UgcGateway | PostsGateway:
    """Our client, without the moments it gives LinkedIn to work on a file."""
    config = Config(api=api, linkedin=LinkedIn(api_url=sandbox["url"]))
    token = sandbox["environment"]["LINKEDIN_ACCESS_TOKEN"]
    return open_gateway(config, root, lambda _: token, runtime=Runtime(sleep=lambda _: None))


def curl(sandbox: dict[str, Any], root: Path, files: list[Media]) -> None:
    """Register each file, and let `curl` send it."""
    caller = Caller(sandbox, 0)
    for media in files:
        url = caller.register(media.kind.value)
        token = f"Authorization: {caller.headers['Authorization']}"
        command = ["curl", "-sSf", "-H", token, "-H", f"Content-Type: {media.mime_type}"]
        subprocess.run([*command, "-T", root / media.path, url], check=True, stdout=subprocess.DEVNULL)
    caller.connection.close()


def one_by_one(gateway: PostsGateway | UgcGateway, author: Author, video: Media) -> None:
    """What it would be without parts sent at once."""
    with patch.object(sending, "_PARALLEL", 1):
        gateway.upload(author, video)


def at_once(upload: Callable[[Media], str], files: list[Media]) -> list[str]:
    """Send files as publishing sends those of a post."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(upload, files))


def timed(work: Callable[[], object]) -> float:
    """Wall seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write_image(path: Path, size: int) -> Media:
    """Bytes that begin like a PNG."""
    path.write_bytes((b"\x89PNG\r\n\x1a\n" + os.urandom(size))[:size])
    return media_of(path, MediaKind.IMAGE, "image/png")


def write_video(path: Path, size: int, film: bytes) -> Media:
    """An MP4 of ten seconds: true headers, and ``film`` repeated (empty: a hole in the file) up to ``size``."""
    mvhd = bytes(12) + struct.pack(">II", 1000, 10_000) + bytes(80)
    tkhd = bytes(40) + struct.pack(">i", 1 << 16) + bytes(32) + struct.pack(">II", 1280 << 16, 720 << 16)
    head = _box(b"ftyp", b"isom\0\0\2\0isomiso2") + _box(
        b"moov", _box(b"mvhd", mvhd) + _box(b"trak", _box(b"tkhd", tkhd))
    )
    with path.open("wb") as stream:
        stream.write(head + struct.pack(">I4s", size - len(head), b"mdat"))
        while film and stream.tell() < size:
            stream.write(film)
        stream.truncate(size)
    return media_of(path, MediaKind.VIDEO, "video/mp4")


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def media_of(path: Path, kind: MediaKind, mime_type: str) -> Media:
    """The file as posts name it, relative to its folder."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Media(path.name, kind, mime_type, path.stat().st_size, digest)


if __name__ == "__main__":
    main()
