"""``publisher preview`` as people run it."""

from pathlib import Path

from tests.support.project import ProjectDir

LINK = "Remove it, or set another path with --out."


def test_a_link_in_the_project_does_not_choose_what_is_overwritten(
    project: ProjectDir, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    project.write("content/a.md", "Hello")
    (project.root / "preview.html").symlink_to(precious)
    result = project.publisher("preview")
    assert (result.code, LINK in result.err) == (2, True)
    assert precious.read_text() == "keep me"


def test_a_link_that_the_user_names_is_followed(project: ProjectDir, tmp_path: Path) -> None:
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    link.symlink_to(page)
    project.write("content/a.md", "Hello")
    assert project.publisher("preview", "--out", str(link)).code == 0
    assert link.is_symlink()
    assert "Hello" in page.read_text()
