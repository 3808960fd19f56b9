"""Texts: growth with their size, and 5,000 posts against a plain loop with markdown-it-py."""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from publisher.model.config import Config
from publisher.model.diagnostic import Position
from publisher.model.document import Document
from publisher.model.post import Author
from publisher.text.body import LIMIT, render_body
from publisher.text.template import Source
from tests.bench.corpus import WORDS
from tests.bench.growth import GENERATORS
from tests.bench.measure import measure

CONFIG = Config(authors={"me": Author("urn:li:person:a", "me")})
COUNT = 5000


def main() -> None:
    """Print both tables."""
    print("growth: seconds of CPU at an eighth, a quarter, half and all of the size limit")
    for name, make in GENERATORS.items():
        seconds = [_cpu(make(LIMIT // part)) for part in (8, 4, 2, 1)]
        print(f"  {name:14}", " ".join(f"{one:7.3f}" for one in seconds), f"  x{seconds[3] / seconds[2]:.1f}")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_posts(root)
        loop = measure([sys.executable, "-m", "tests.bench.plain_loop", str(root / "content")])
        ours = measure([sys.executable, "-m", "publisher", "-C", str(root), "-q", "validate"])
        print(f"{COUNT:,} posts: plain loop {loop.seconds:.2f} s ({loop.cpu:.2f} s of CPU)")
        print(
            f"  validate {ours.seconds:.2f} s ({ours.cpu:.2f} s of CPU), x{ours.seconds / loop.seconds:.2f}"
        )


def _cpu(text: str) -> float:
    document = Document("k", "content/k.md", {}, text, "markdown", Position(1, 1))
    began = time.process_time()
    render_body(document, Source(text, text), CONFIG)
    return time.process_time() - began


def write_posts(root: Path) -> None:
    """Posts as people write them: emoji, lists, links, code, mentions, hashtags, several scripts."""
    (root / "publisher.yaml").write_text('authors: {me: {urn: "urn:li:person:AbC"}}\n', "utf-8")
    folder = root / "content"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"post-{number}.md").write_text(post(number), "utf-8")


def post(number: int) -> str:
    """One post of about 1,400 characters, whose words are its own."""
    chance = random.Random(number)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    prose = "\n".join(words(11).capitalize() for _ in range(4))
    items = "\n".join(
        f"- {words(3)}: `{words(2)}` and [{words(2)}](https://ex.org/{number}/{words(1)})" for _ in range(4)
    )
    return (
        f"---\nid: post-{number}\nhashtags: [python, release{number}]\n---\n"
        f"🚀 **{words(4).capitalize()}** is out, and it took us *{number % 90} days*.\n\n{prose}.\n\n{items}\n\n"
        f"> {words(9)}.\n\n**注意：**请看[文档](https://ex.org/zh)。これは**「重要」**です。\n\n{words(40)}.\n\n"
        f"Thanks to @[Ada Lovelace](urn:li:person:ada{number}) for {words(3)}!\n\n"
        f"1. {words(5)}\n2. {words(5)}\n3. Tell us at https://ex.org/feedback?from=post&n={number}\n\n"
        f"{words(16)} #opensource #docs\n"
    )


if __name__ == "__main__":
    main()
