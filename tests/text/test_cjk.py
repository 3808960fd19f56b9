"""Chinese, Japanese and Korean: emphasis, joined lines, addresses, mentions."""

import pytest

from publisher.model.config import Config, TextConfig
from publisher.text.markdown import render_markdown
from tests.render.documents import ME, text_of

EMPHASIS = [
    ("**注意：**请看", "注意："),
    ("これは**「重要」**です", "「重要」"),
    ("这是**“重要”**的", "“重要”"),
    ("**该星号不会被识别，而是直接显示。**这是因为", "该星号不会被识别，而是直接显示。"),
    ("**이 [링크](https://ex.org)**를", "이 링크"),
    ("**스크립트(script)**를", "스크립트(script)"),
    ("请*（看）*这里", "（看）"),
    ("a **b.** c", "b."),
    ("太郎は**\u300cこんにちわ\u300d**といった", "「こんにちわ」"),
    ("**㊗️**です", "㊗️"),
    ("先頭**`code`**末尾", "code"),
    ("**テスト。**テスト", "テスト。"),
]


@pytest.mark.parametrize(("source", "words"), EMPHASIS)
def test_emphasis_next_to_wide_characters(source: str, words: str) -> None:
    text = render_markdown(source, TextConfig(), lambda target: None).text
    assert "*" not in text.plain
    emphasised = [text.plain[style.start : style.end] for style in text.styles if style.kind != "code"]
    assert emphasised == [words]


@pytest.mark.parametrize("source", ["snake_case_名", "foo*bar", "** 空白 **", r"\*\*注意：\*\*请看"])
def test_what_is_no_emphasis_stays(source: str) -> None:
    text = render_markdown(source, TextConfig(), lambda target: None).text
    assert text.plain == source.replace("\\", "")
    assert text.styles == ()


JOINED = [
    ("你好\n世界", "你好世界"),
    ("你好，\nPython", "你好，Python"),
    ("你好……\n世界", "你好……世界"),
    ("你好——\nPython", "你好——Python"),
    ("结束。\n**开始**", "结束。开始"),
    ("请看\n[文档](https://ex.org/a)", "请看文档 (https://ex.org/a)"),
    ("看\n`代码`", "看代码"),
    ("用\nPython\n写", "用 Python 写"),
    ("한국어\n문장", "한국어 문장"),
    ("English…\nmore", "English… more"),
    ("A dash —\nmore", "A dash — more"),
    ("テスト\n「引用」", "テスト「引用」"),
    ("emoji 🎉\n世界", "emoji 🎉 世界"),
]


@pytest.mark.parametrize(("source", "shown"), JOINED)
def test_lines_are_joined_as_the_script_is_written(source: str, shown: str) -> None:
    assert text_of(source) == shown


@pytest.mark.parametrize(
    ("source", "urls"),
    [
        ("详见https://ex.org/a。后文", ["https://ex.org/a"]),
        ("详见 https://ex.org/a，后文", ["https://ex.org/a"]),
        ("（https://ex.org/a）", ["https://ex.org/a"]),
        ("https://zh.wikipedia.org/wiki/中文，好", ["https://zh.wikipedia.org/wiki/中文"]),
        ("看https://ex.org/a请点", ["https://ex.org/a"]),
        ("「https://ex.org/a」と", ["https://ex.org/a"]),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(source: str, urls: list[str]) -> None:
    text = render_markdown(source, TextConfig(), lambda target: None).text
    assert [link.url for link in text.links] == urls
    assert text.plain == source


def test_a_bare_address_does_not_swallow_what_follows() -> None:
    config = Config(authors={"me": ME}, text=TextConfig(links="bare"))
    assert text_of("看[文档](https://ex.org/a)后文", config=config) == "看文档 https://ex.org/a 后文"
    assert text_of("看[文档](https://ex.org/a)。", config=config) == "看文档 https://ex.org/a。"
