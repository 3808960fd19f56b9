"""Generated projects of any size, the same for the same number."""

import random
from pathlib import Path

# fmt: off
WORDS = [
    "release", "engine", "review", "branch", "merge", "draft", "reader", "editor", "token", "schema",
    "plan", "state", "publish", "preview", "commit", "author", "render", "digest", "payload", "sandbox",
    "upload", "image", "video", "article", "link", "mention", "hashtag", "schedule", "queue",
]
# fmt: on


def write_corpus(root: Path, count: int) -> None:
    """``count`` Markdown posts of some 100 words with front matter, in folders of 500, and a publisher.yaml."""
    (root / "publisher.yaml").write_text(
        'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n'
        f"limits: {{creates_per_run: {count}, requests_per_member: {10 * count}, requests_per_app: {10 * count}}}\n"
        'vars: {product: "publisher"}\n'
    )
    for number in range(count):
        path = root / "content" / f"{number // 500:03}" / f"post-{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post_text(number))


def post_text(number: int) -> str:
    """The source of one post; its text is its own."""
    chance = random.Random(number)

    def sentence() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(8, 16))).capitalize() + "."

    front = ["---", f"id: 2026/post-{number:06}", "visibility: public", f"hashtags: [python, post{number}]"]
    if number % 3 == 0:
        front.append(f"publish_at: 2030-01-{number % 28 + 1:02}T09:{number % 60:02}:00+01:00")
    if number % 5 == 0:
        front += ["article:", f"  url: https://example.org/{number}", f"  title: Number {number}"]
    body = [f"Post {number}. {sentence()}", f"{sentence()} {sentence()}"]
    if number % 2 == 0:
        body.append("\n".join(f"- {sentence()}" for _ in range(3)))
    if number % 4 == 0:
        body.append(f"**{sentence()}** Read [the notes](https://example.org/notes/{number}).")
    body.append(sentence())
    return "\n".join([*front, "---", ""]) + "\n\n".join(body) + "\n"
