"""What a reader sees of a post, as frozen values. They know no API, no file and no clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zlib import crc32

HUES = 8
"""Number of avatar colours in the stylesheet."""

Tone = Literal["neutral", "good", "info", "warning", "danger"]
"""How a badge or note is coloured; its words say the same."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks. ``href`` and ``avatar`` (an image's address) may be empty; pages have square avatars."""

    name: str
    headline: str = ""
    href: str = ""
    avatar: str = ""
    kind: Literal["person", "organization"] = "person"

    @property
    def initials(self) -> str:
        """One or two capital letters for the avatar."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
        return "".join(letters).upper() or "?"

    @property
    def hue(self) -> int:
        """The avatar's colour: always the same for a name, below `HUES`."""
        # Python's hash() of a text differs in each process.
        return crc32(self.name.encode("utf-8", "replace")) % HUES


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (aware) and how it is told, such as ``5m`` or ``Mon 09:00``."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text.

    ``invisible`` segments stand for a character nobody can see: ``text`` is its short name.
    """

    text: str
    kind: Literal["plain", "mention", "hashtag", "link", "invisible"] = "plain"
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as segments; ``rest`` is what stands behind the fold, empty if there is none."""

    segments: tuple[Segment, ...] = ()
    rest: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image; ``src`` is an address or a data: URI, empty if it can't be shown. Pixels 0: not known."""

    src: str
    alt: str = ""
    width: int = 0
    height: int = 0

    @property
    def portrait(self) -> bool:
        """Whether it is clearly higher than wide."""
        # A tolerance of a tenth, so that nearly square pictures keep the wide layout.
        return self.height > self.width * 1.1


@dataclass(frozen=True, slots=True)
class Video:
    """A video; without ``src`` only its facts are shown. ``facts`` is such as ``0:42 · 12 MB``."""

    src: str = ""
    title: str = ""
    alt: str = ""
    facts: str = ""
    mime_type: str = "video/mp4"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that readers page through.

    ``pages`` 0: not known. ``first_page`` is the address of what shows it.
    """

    title: str
    pages: int = 0
    href: str = ""
    facts: str = ""
    first_page: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A link's card. ``site`` is the host it leads to; ``href`` is empty if the address isn't safe."""

    href: str
    title: str
    site: str
    description: str = ""
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll.

    ``closes`` is such as ``3 days left``. ``votes`` has a number for each option, and ``voted`` is the
    reader's; with ``open`` the reader can vote.
    """

    question: str
    options: tuple[str, ...]
    closes: str = ""
    votes: tuple[int, ...] = ()
    voted: int | None = None
    open: bool = False

    @property
    def total(self) -> int:
        """All votes."""
        return sum(self.votes)

    def share(self, index: int) -> int:
        """Return the percentage of one option."""
        return round(100 * self.votes[index] / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with the answers to it."""

    id: str
    author: Author
    text: Text
    moment: Moment | None = None
    replies: tuple["Comment", ...] = ()

    @property
    def count(self) -> int:
        """This comment and all answers below it."""
        return 1 + sum(reply.count for reply in self.replies)


@dataclass(frozen=True, slots=True)
class Badge:
    """A word beside the author's name, such as "Draft"."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark under a post for those who work on it; ``href`` leads to the place it is about."""

    message: str
    tone: Tone = "info"
    remedy: str = ""
    place: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a network left out of a text: ``lost`` is the rest of what was sent, ``why`` the reason."""

    lost: str
    why: str


@dataclass(frozen=True, slots=True)
class Reactions:
    """Buttons that work: how many like the post, and whether this reader does."""

    likes: int = 0
    liked: bool = False


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, ready to be shown. ``id`` is unique on the page; ``reshare`` is a post without one of its own.

    Without ``reactions`` the post has no buttons. ``network`` is the name of a network other than LinkedIn.
    ``thread`` holds the texts of the further parts of a thread, ``spoiler`` a content warning.
    """

    id: str
    author: Author
    text: Text
    moment: Moment | None = None
    permalink: str = ""
    visibility: Literal["public", "connections"] = "public"
    edited: bool = False
    images: tuple[Image, ...] = ()
    video: Video | None = None
    attachment: Attachment | None = None
    card: Card | None = None
    poll: Poll | None = None
    reshare: "PostView | None" = None
    reshare_note: str = ""
    comments: tuple[Comment, ...] = ()
    badges: tuple[Badge, ...] = ()
    notes: tuple[Note, ...] = ()
    cut: Cut | None = None
    reactions: Reactions | None = None
    network: str = ""
    thread: tuple[Text, ...] = ()
    spoiler: str = ""

    @property
    def comment_count(self) -> int:
        """All comments, answers included."""
        return sum(comment.count for comment in self.comments)
