"""`publisher state import --from-export`: a file that LinkedIn made, or somebody else."""

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.support.project import ProjectDir

HEADER = ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]
FEED = "https://www.linkedin.com/feed/update/"


def export(project: ProjectDir, header: list[str] = HEADER, bom: str = "") -> None:
    """Write what the sandbox shows as LinkedIn would export it."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(header)
    for post in project.sandbox.posts():
        values = {
            "Date": "2026-11-24 09:00:00",
            "ShareLink": FEED + quote(post.urn, safe=""),
            "ShareCommentary": post.text,
            "Visibility": "MEMBER_NETWORK",
        }
        rows.writerow([values.get(name, "") for name in header])
    (project.root / "Shares.csv").write_text(bom + text.getvalue(), encoding="utf-8")


@pytest.mark.parametrize(
    ("header", "bom"),
    [(HEADER, "\ufeff"), (HEADER[:3], ""), (["ShareCommentary", "Visibility", "ShareLink"], "")],
)
def test_a_lost_state_is_rebuilt_and_nothing_published_again(
    project: ProjectDir, header: list[str], bom: str
) -> None:
    for key in "ab":
        project.write(f"content/{key}.md", f'Words of {key}, with "quotes".\n\nAnd more.\n')
    assert project.publisher("publish").code == 0
    export(project, header, bom)
    project.forget()
    project.write("content/c.md", "Only here.\n")
    result = project.publisher("state", "import", "--from-export", "Shares.csv")
    assert result.code == 0, result.text
    said = sorted(" ".join(line.split()) for line in result.out.splitlines())
    assert said == ["add a", "add b", "not there c"]
    assert "2 posts in the export: 2 matched, 0 known before, 0 without a match." in result.err
    published = project.publisher("publish")
    assert (published.code, len(project.created_texts())) == (0, 3), published.text


def test_unknown_outcomes_are_settled_and_the_rest_is_named(project: ProjectDir) -> None:
    project.write("content/a.md", "Words of a.\n")
    project.sandbox.fault("commit-then-drop", resource="ugcPosts")
    assert project.publisher("publish").code == 3
    export(project)
    project.publisher("state", "list")
    rehearsed = project.publisher("state", "import", "--from-export", "Shares.csv", "--dry-run")
    assert (rehearsed.code, rehearsed.out) == (0, "would change   a\n")
    assert project.publisher("publish").code == 3
    assert project.publisher("state", "import", "--from-export", "Shares.csv").code == 0
    assert "Nothing to do." in project.publisher("publish").out


def test_what_does_not_match_is_listed_on_one_line(project: ProjectDir) -> None:
    urn = f"urn:li:share:{int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1000) << 22}"
    project.write(
        "Shares.csv",
        f'Date,ShareLink,ShareCommentary\n,{FEED}{urn},"By hand\n\x1b[2Jand long: {"x" * 99}"\n,https://lnkd.in/x,Short\n',
    )
    result = project.publisher("state", "import", "--from-export", "Shares.csv")
    first, second = result.out.splitlines()
    assert first.startswith(f"unmatched line 2: {urn} 'By hand")
    assert first.endswith("…': no post has its text")
    assert "\x1b" not in first
    assert second == "unmatched line 4: https://lnkd.in/x 'Short': its link names no post"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has no column ShareLink"),
        (b"Date,Link\n", "has no column ShareLink and no column ShareCommentary"),
        (b"ShareLink,ShareCommentary\n\xff\xfe,x\n", "is not UTF-8 (byte 26)"),
        (b'ShareLink,ShareCommentary\n"a"b,c\n', "Shares.csv:2 is not valid CSV"),
        (b'ShareLink,ShareCommentary\nx,"never closed\n', "is not valid CSV"),
        (b"ShareLink,ShareCommentary\nx," + b"y" * 200_000, "field larger than field limit"),
    ],
)
def test_what_is_no_export_is_refused_with_its_line(project: ProjectDir, content: bytes, says: str) -> None:
    (project.root / "Shares.csv").write_bytes(content)
    result = project.publisher("state", "import", "--from-export", "Shares.csv")
    assert (result.code, says in result.err) == (2, True), result.err
    assert not project.state_path.exists()


def test_rows_that_are_short_or_long_are_no_trouble(project: ProjectDir) -> None:
    project.write("Shares.csv", "ShareLink,ShareCommentary\n\nx\na,b,c,d\n" + "," * 50_000 + "\n")
    result = project.publisher("state", "import", "--from-export", "Shares.csv")
    assert (result.code, "3 posts in the export: 0 matched" in result.err) == (0, True), result.text


def test_a_file_without_an_end_is_bounded(project: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.networks.linkedin.export.MAX_BYTES", 1000)
    project.write("Shares.csv", "ShareLink,ShareCommentary\n" + "x,y\n" * 1000)
    result = project.publisher("state", "import", "--from-export", "Shares.csv")
    assert (result.code, "has more than 1,000 bytes" in result.err) == (2, True)
    missing = project.publisher("state", "import", "--from-export", "/dev/zero")
    assert (missing.code, "isn't a regular file" in missing.err) == (2, True)


def test_the_member_must_be_certain(project: ProjectDir) -> None:
    project.write("Shares.csv", "ShareLink,ShareCommentary\n")
    project.write(
        "publisher.yaml",
        'authors:\n  me: {urn: "urn:li:person:a"}\n  you: {urn: "urn:li:person:b"}\n'
        '  us: {urn: "urn:li:organization:1"}\n',
    )
    command = ("state", "import", "--from-export", "Shares.csv")
    result = project.publisher(*command)
    assert (result.code, "Add --author: me, you." in result.err) == (2, True), result.err
    assert project.publisher(*command, "--author", "you").code == 0
    assert "only members have a data export" in project.publisher(*command, "--author", "us").err
    assert project.publisher("state", "import", "key-alone").code == 2
