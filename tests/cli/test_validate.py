"""``publisher validate`` as people run it."""

from tests.support.project import ProjectDir


def test_counts_are_told_in_words(project: ProjectDir) -> None:
    project.write("content/a.md", "Hello")
    project.write("content/b.md", "---\nvisibilty: public\n---\nHello, too")
    assert project.publisher("validate").err.endswith("1 valid post, 1 error, 0 warnings.\n")


def test_what_is_wrong_twice_on_a_line_is_said_once(project: ProjectDir) -> None:
    project.write("content/a.md", "<b>one</b> and <b>two</b>")
    assert project.publisher("validate").out.count("</b> is raw HTML") == 1
