"""Every diagnostic code the product can give: one registry, from which docs and SARIF rules are made."""

from typing import NamedTuple

from publisher.model.diagnostic import Severity


class Rule(NamedTuple):
    """A kind of diagnostic. ``lint`` rules can be switched off or changed in severity by ``lints:``.

    An ``opt_in`` lint is off unless ``lints:`` gives it a severity.
    """

    code: str
    severity: Severity
    summary: str
    lint: bool = False
    opt_in: bool = False


def _rules(*rules: Rule) -> dict[str, Rule]:
    return {rule.code: rule for rule in rules}


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

READING = _rules(
    Rule("file-unreadable", _ERROR, "A file or folder can't be read."),
    Rule("file-not-regular", _ERROR, "A folder, pipe or device is named like a post."),
    Rule("file-link", _ERROR, "A link points to nothing, to itself, or out of the project."),
    Rule("file-too-large", _ERROR, "A source file is far larger than a post can be."),
    Rule("file-encoding", _ERROR, "A file is not UTF-8 text."),
    Rule("file-empty", _ERROR, "A file has no post."),
    Rule("front-matter-open", _ERROR, "Front matter isn't closed."),
    Rule("front-matter-toml", _ERROR, "Front matter is written as TOML."),
    Rule("front-matter-marker", _ERROR, "The first line of front matter is similar to ---, or missing."),
    Rule("front-matter-late", _ERROR, "Front matter doesn't start at the first character of the file."),
    Rule("front-matter-foreign", _ERROR, "Many files have fields of another tool."),
    Rule("merge-conflict", _ERROR, "A file has the markers of an unresolved merge."),
    Rule("too-many-problems", _ERROR, "A file has more problems than are listed."),
    Rule("file-skipped", _WARNING, "Files of the content folder have a suffix that is not read."),
    Rule("yaml-syntax", _ERROR, "YAML that can't be parsed."),
    Rule("yaml-duplicate-key", _ERROR, "A field is given twice."),
    Rule("yaml-key", _ERROR, "A field's name isn't valid."),
    Rule("yaml-tag", _ERROR, "A YAML tag that is not supported."),
    Rule("yaml-too-large", _ERROR, "YAML with too many values, or nested too deeply."),
    Rule("unknown-field", _ERROR, "A field that doesn't exist, or not here."),
    Rule("missing-field", _ERROR, "A field that is needed is missing."),
    Rule("wrong-type", _ERROR, "A value of the wrong type."),
    Rule("wrong-value", _ERROR, "A value that the field can't have."),
    Rule("key-invalid", _ERROR, "A path that isn't a valid key."),
    Rule("key-duplicate", _ERROR, "Two posts have the same key."),
    Rule("time-invalid", _ERROR, "A time that can't be read."),
    Rule("time-without-zone", _ERROR, "A time without offset, and no zone is configured."),
    Rule("time-gap", _ERROR, "A time that summer time skips."),
    Rule("time-fold", _ERROR, "A time that comes twice when summer time ends."),
    Rule("media-missing", _ERROR, "A media file that can't be found or read."),
    Rule("media-outside", _ERROR, "A media file outside the project."),
    Rule("media-type", _ERROR, "A media file of a type LinkedIn does not accept."),
    Rule("media-broken", _ERROR, "A media file that is truncated or broken."),
    Rule("media-pixels", _ERROR, "An image with too many pixels."),
    Rule("media-metadata", _ERROR, "An image that EXIF turns, or that says where it was taken."),
    Rule("media-frames", _ERROR, "An animation with too many frames."),
    Rule("media-size", _ERROR, "A media file that is too small or too large."),
    Rule("media-duration", _ERROR, "A video that is too short or too long."),
    Rule("article-undated", _ERROR, "An article has no date, and its source needs one."),
    Rule("article-cover", _WARNING, "An article's cover can't be used, so its card has no picture."),
    Rule("source-backlog", _WARNING, "A source without since has old articles."),
    Rule("card-invalid", _ERROR, "A card or carousel that can't be made."),
    Rule("version-sunset", _WARNING, "The configured Linkedin-Version has ended, or ends within 45 days."),
    Rule("author-unset", _WARNING, "No author is configured at all."),
    Rule("media-pages", _ERROR, "A document with no pages, or too many."),
)
"""Problems of files, YAML, front matter, schemas and media."""

RENDERING = _rules(
    Rule("template-syntax", _ERROR, "The template can't be parsed."),
    Rule("template-undefined", _ERROR, "The template uses a name that is not defined."),
    Rule("template-missing", _ERROR, "A layout or an included template is not in the templates folder."),
    Rule("template-limit", _ERROR, "The template needs too much time, memory or loops."),
    Rule("template-unsafe", _ERROR, "The template uses something that the sandbox doesn't allow."),
    Rule("template-failed", _ERROR, "The template fails while it is rendered."),
    Rule("mention-unresolved", _ERROR, "A mention names neither a URN nor a configured alias."),
    Rule("raw-html", _ERROR, "Raw HTML in a text; networks don't show HTML."),
    Rule("image-inline", _WARNING, "An image inside a paragraph can't be attached."),
    Rule("link-unusable", _WARNING, "A link that readers can't open."),
    Rule("strikethrough", _WARNING, "Struck-out text would be shown as normal words."),
    Rule("hashtag-invalid", _ERROR, "A word of hashtags: can't be a hashtag."),
    Rule("author-missing", _ERROR, "The author is not set."),
    Rule("author-unknown", _ERROR, "The author is neither a configured alias nor a URN."),
    Rule("author-repeated", _ERROR, "Two authors of a post are the same account."),
    Rule("variant-unknown", _ERROR, "A variant is for neither an author nor a network."),
    Rule("network-unsupported", _ERROR, "A field or file that the copy's network does not take."),
    Rule("network-ignored", _WARNING, "A field that the copy's network does not show."),
    Rule("content-mixed", _ERROR, "A post has several kinds of content."),
    Rule("text-encoding", _ERROR, "The text holds half a surrogate pair, which isn't a character."),
    Rule("text-too-large", _ERROR, "The text is far longer than any network takes."),
    Rule("text-empty", _ERROR, "The post has no text."),
    Rule("media-mixed", _ERROR, "Images and video, or several videos, in one post."),
    Rule("media-count", _ERROR, "More images than a post can show."),
    Rule("media-converted", _INFO, "An image that is converted before it is sent."),
    Rule("media-kind", _ERROR, "A file of the wrong kind for its field."),
    Rule("media-remote", _ERROR, "A media file on another machine."),
    Rule("document-title", _ERROR, "A document without a title."),
    Rule("field-too-long", _ERROR, "A field is over LinkedIn's limit."),
    Rule("poll-options", _ERROR, "Two options of a poll are the same."),
    Rule("api-unsupported", _ERROR, "A field the configured API doesn't have."),
    Rule("article-title", _WARNING, "An article without a title on the versioned API, which fetches none."),
    Rule("thumbnail-unused", _INFO, "A thumbnail on ugcPosts, which sends none."),
)
"""Problems of templates, Markdown, mentions and APIs."""


def _lint(code: str, severity: Severity, summary: str, *, opt_in: bool = False) -> Rule:
    return Rule(code, severity, summary, lint=True, opt_in=opt_in)


LINTS = _rules(
    _lint("text-too-long", _ERROR, "The text is over the limit of the copy's network."),
    _lint("text-too-long-escaped", _WARNING, "With its escapes, the text is over the limit."),
    _lint("near-fold", _INFO, "The fold hides only a few characters."),
    _lint("fold-cuts", _INFO, "The fold cuts through a link, mention or hashtag."),
    _lint("many-hashtags", _WARNING, "More than five hashtags."),
    _lint("template-markers", _WARNING, "Template markers are left in the text."),
    _lint("trailing-spaces", _INFO, "Spaces at the end of a line."),
    _lint("bidi-control", _WARNING, "An invisible character changes the direction of text."),
    _lint("zero-width", _WARNING, "An invisible character."),
    _lint("control-character", _WARNING, "A control character."),
    _lint("not-nfc", _WARNING, "The text is not in Unicode's form NFC."),
    _lint("unicode-styling", _WARNING, "Much of the text is in styled Unicode letters."),
    _lint("link-without-article", _INFO, "A bare URL, for which LinkedIn shows no card.", opt_in=True),
    _lint("lines-joined", _WARNING, "Lines that look deliberate are joined to one paragraph."),
    _lint("markup-left", _WARNING, "Characters that look like markup are left in the text."),
    _lint("mention-missing", _WARNING, "A mention has no name on the copy's network."),
    _lint("mention-plain", _INFO, "A name after an @ that isn't a mention."),
    _lint("fence-open", _WARNING, "A code block isn't closed."),
    _lint("alt-missing", _WARNING, "An image without alt text."),
    _lint("many-images", _WARNING, "More images than are known to work on ugcPosts."),
    _lint("mention-after-emoji", _INFO, "A mention after an emoji, on ugcPosts."),
    _lint("past-publish-at", _INFO, "publish_at is in the past."),
    _lint("near-duplicate", _WARNING, "The text is almost the same as another post's."),
)
"""Advice about good posts; switchable in ``publisher.yaml``."""

RULES: dict[str, Rule] = {**READING, **RENDERING, **LINTS}
