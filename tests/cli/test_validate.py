"""``publisher validate`` as people run it."""

from tests.support.project import ProjectDir


def test_counts_are_told_in_words(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello")
    project.write("content/b.md", "---\nvisibilty: public\n---\nHello, too")
    assert project.publisher("validate").err.endswith("1 valid post, 1 error, 0 warnings.\n")


def test_each_tag_is_reported_once_with_its_place(project: ProjectDir) -> None:
    project.write("content/a.md", "<b>one</b> and <b>two</b>")
    said = project.publisher("validate").out
    assert "content/a.md:1:1" in said
    assert "content/a.md:1:16" in said
    assert said.count("is raw HTML") == 2
