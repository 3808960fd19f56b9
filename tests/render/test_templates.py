"""Templates: what they offer, where their errors point, and what a hostile one can't do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config
from publisher.model.diagnostic import Position
from publisher.model.post import utf16_length
from publisher.text.jinja import filters
from publisher.text.jinja.work_budget import WORK
from tests.render.documents import ME, codes, post_of, render, text_of

CONFIG = Config(
    authors={"me": ME},
    vars={"color": "red", "n": 3},
    mentions={"acme": {"linkedin": "urn:li:organization:1"}},
    state="postgresql://user:secret@host/db",
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ color }} {{ vars.color }} {{ post.key }} {{ config.api }}", "red red k ugcPosts"),
        ("{% for i in range(3) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2,3"),
        ("{% set ns = namespace(t=0) %}{% for i in range(3) %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}", "3"),
        ("{{ ['b', 'a'] | sort | join(' and ') }} {{ [1, 2] | sum }} {{ 'a' ~ 1 }}", "a and b 3 a1"),
        ("{{ [{'n': 'x'}, {'n': 'y'}] | map(attribute='n') | join }}", "xy"),
        ("{{ missing | default('none') }} {{ missing is defined }}", "none False"),
        ("{{ color.upper() }} {{ color[0] }} {{ color[1:] }}", "RED r ed"),
        ("{{ 7 // 2 }} {{ 2 ** 3 }} {{ 'ab' * 2 }}", "3 8 abab"),
        ("{% if color == 'red' and n > 2 and 'e' in color %}yes{% endif %}", "yes"),
        ("{% macro b(x) %}{{ x }}!{% endmacro %}{{ b('hi') }} {{ b(x=1) }}", "hi! 1!"),
        ("{% raw %}{{ x }}{% endraw %} {{ '{{' }}", "{{ x }} {{"),
        ("{# a comment #}Text", "Text"),
        ("{{ '2026-11-23T09:00:00+01:00' | date('%-d %B %Y, %H:%M') }}", "23 November 2026, 09:00"),
        ("{{ 'https://x.y/?a=1&utm_source=old#f' | utm(source='li', campaign='a b') }}",
         "https://x.y/?a=1&utm_source=li&utm_campaign=a+b#f"),
        ("{{ 'machine learning' | hashtag }} {{ '#python' | hashtag }}", "#MachineLearning #python"),
        ("{{ 'Hello wonderful world' | truncate(12) }} {{ 'short' | truncate(12) }}", "Hello… short"),
        ("@[{{ 'Ac' ~ 'me' }}](acme) {{ '@[Me](urn:li:person:me)' }}", "Acme Me"),
    ],
)  # fmt: skip
def test_templates_render(body: str, text: str) -> None:
    assert text_of(body, config=CONFIG) == text


def test_post_variables_stand_before_those_of_the_project() -> None:
    assert text_of("{{ color }} {{ n }}", config=CONFIG, vars={"color": "blue"}) == "blue 3"


def test_blocks_leave_no_empty_lines_in_lists() -> None:
    assert text_of("{% for x in [1, 2] %}\n- {{ x }}\n{% endfor %}\n") == "• 1\n• 2"


def test_layouts_wrap_the_body_and_find_macros() -> None:
    templates = {
        "news.md.j2": "{% from 'm.j2' import loud %}{{ loud('news') }}\n\n{{ content }}",
        "m.j2": "{% macro loud(x) %}**{{ x | upper }}**{% endmacro %}",
    }
    assert text_of("Hi *there*", templates=templates, layout="news") == "NEWS\n\nHi there"
    assert text_of("Hi {{ x }}", templates=templates, layout="news", jinja=False) == "NEWS\n\nHi {{ x }}"


def test_jinja_false_leaves_the_body_alone() -> None:
    assert text_of("{{ nothing }}", jinja=False) == "{{ nothing }}"


def test_first_comments_are_templates_too() -> None:
    comment = post_of("Hi", vars={"x": "42"}, first_comment="{{ x }} @[Me](urn:li:person:me)").first_comment
    assert comment is not None
    assert comment.plain == "42 Me"
    assert comment.mentions[0].start == 3


@pytest.mark.parametrize(
    ("body", "code", "at"),
    [
        ("a\n\nb {{ colr }}", "template-undefined", (7, 6)),
        ("a\n{{ post.nope }}", "template-undefined", (6, 9)),
        ("a\n\n{% endfor %}", "template-syntax", (7, 1)),
        ("a\n{{ 'x' | nofilter }}", "template-syntax", (6, 1)),
        ("{% include 'nowhere' %}", "template-missing", (5, 1)),
        ("{% include '/etc/passwd' %}", "template-missing", (5, 1)),
        ("{% include '../publisher.yaml' %}", "template-missing", (5, 1)),
        ("a\n\n  {% include 'bad.j2' %}", "template-undefined", (7, 3)),
        ("{{ none }}", "template-failed", (5, 1)),
        ("{{ [1, 2] }}", "template-failed", (5, 1)),
        ("{{ range }}", "template-failed", (5, 1)),
        ("{{ 1 / 0 }}", "template-failed", (5, 1)),
        ("{{ 'tomorrow' | date }}", "template-failed", (5, 1)),
        ("{{ 'x' | utm(sauce='y') }}", "template-failed", (5, 1)),
        ("{{ '!' | hashtag }}", "template-failed", (5, 1)),
    ],
)
def test_errors_point_at_the_line(body: str, code: str, at: tuple[int, int]) -> None:
    rendered = render(body, config=CONFIG, templates={"bad.j2": "fine\n{{ nope }}"})
    assert rendered.post is None
    (diagnostic,) = rendered.diagnostics
    assert (diagnostic.code, diagnostic.position) == (code, Position(*at))
    if "bad.j2" in body:
        assert "templates/bad.j2, line 2" in diagnostic.message


def test_close_names_are_suggested() -> None:
    (diagnostic,) = render("{{ colour }}", config=CONFIG).diagnostics
    assert "did you mean 'color'" in diagnostic.message


GROW = "{% set s = namespace(x='aaaa', y=[1]) %}{% for i in range(99) %}"

BOMBS = {
    "range": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "nested loops": "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
    "empty loops": "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "text times": "{{ 'a' * 10 ** 9 }}",
    "list times": "{{ ([1] * 10 ** 9) | length }}",
    "power": "{{ 9 ** 64 ** 64 }}",
    "bignum": "{% set s = namespace(x=9) %}{% for i in range(99) %}{% set s.x = s.x * s.x %}{% endfor %}",
    "doubling by ~": GROW + "{% set s.x = s.x ~ s.x %}{% endfor %}",
    "doubling by +": GROW + "{% set s.x = s.x + s.x %}{% endfor %}",
    "doubling by join": GROW + "{% set s.x = [s.x, s.x] | join %}{% endfor %}",
    "doubling by replace": GROW + "{% set s.x = s.x | replace('a', 'aa') %}{% endfor %}",
    "doubling by format": GROW + "{% set s.x %}{{ s.x }}{{ s.x }}{% endset %}{% endfor %}",
    "lists of lists": GROW + "{% set s.y = [s.y, s.y] %}{% endfor %}",
    "dicts of dicts": GROW + "{% set s.y = {'a': s.y, 'b': s.y} %}{% endfor %}",
    "compare": GROW + "{% set s.y = (s.y, s.y) %}{% endfor %}{{ s.y == s.y }}",
    "sums of ranges": "{% for i in range(9999) %}{{ range(9999) | sum }}{% endfor %}",
    "sums of one range": "{% set r = range(9999) %}{% for i in range(9999) %}{{ r | sum }}{% endfor %}",
    "membership": "{% set a = range(9999) | list %}{% for i in a %}{{ 1 if i in a }}{% endfor %}",
    "select in": "{% set a = range(9999) | list %}{{ a | select('in', a) | list | length }}",
    "copies": "{% set a = 'a' * 99999 %}{% for i in range(9999) %}{% set b = a[1:] %}{% endfor %}",
    "counting": "{% set a = 'a' * 99999 %}{% for i in range(9999) %}{% set b = a.count('a') %}{% endfor %}",
    "filters": "{% set a = 'a' * 99999 %}{% for i in range(9999) %}{% set b = a | upper %}{% endfor %}",
    "literals": "{% for i in range(9999) %}" + "x" * 5000 + "{% endfor %}",
    "set block": "{% set q %}{% for i in range(9999) %}" + "x" * 5000 + "{% endfor %}{% endset %}",
    "macros": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
    "endless macro": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "endless include": "{% include 'self.j2' %}",
    "many includes": "{% include ['tree40.j2'] %}",
    "endless block": "{% block a %}{{ self.a() }}{% endblock %}",
    "recursive loop": "{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "lists in source": "{{ " + "[" * 900 + "]" * 900 + " }}",
    "sums": "{{ 1" + " + 1" * 9000 + " }}",
    "ifs": "{% if 1 %}" * 900 + "x" + "{% endif %}" * 900,
    "long source": "x {{ 1 }}" * 20_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused(bomb: str) -> None:
    tree = {f"tree{n}.j2": f"{{% include ['tree{n - 1}.j2'] %}}" * 2 for n in range(1, 41)}
    templates = {"self.j2": "{% include 'self.j2' %}", "tree0.j2": "", **tree}
    assert codes(render(BOMBS[bomb], templates=templates)) == ["template-limit"]


def test_aliases_of_yaml_can_not_explode() -> None:
    grown: list[object] = ["x"]
    for _ in range(60):
        grown = [grown, grown]
    assert codes(render("{{ x | length }}", vars={"x": grown})) == ["template-limit"]


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ range.__globals__ }}",
        "{{ dict.__subclasses__() }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{% for c in ['x'] | map(attribute='__class__.__mro__') %}{{ c }}{% endfor %}",
        "{% macro f() %}{% endmacro %}{{ f._environment }}",
        "{% import 'm.j2' as m %}{{ m.__dict__ }}",
        "{{ vars.update({'a': 1}) }}",
        "{{ vars.pop('color') }}",
        "{% set x = [] %}{{ x.append(1) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ 'a'.ljust(10 ** 9) }}",
        "{{ 'a'.encode() }}",
    ],
)
def test_the_sandbox_has_no_way_out(body: str) -> None:
    rendered = render(body, config=CONFIG, templates={"m.j2": ""})
    assert codes(rendered) == ["template-unsafe"]


@pytest.mark.parametrize(
    "name",
    ["environ", "os", "request", "lipsum", "cycler", "joiner", "open", "config.state", "config.linkedin"],
)
def test_secrets_are_out_of_reach(name: str) -> None:
    assert codes(render(f"{{{{ {name} }}}}", config=CONFIG)) == ["template-undefined"]


@pytest.mark.parametrize(
    "name", ["format", "center", "wordwrap", "batch", "slice", "attr", "tojson", "random", "xmlattr"]
)
def test_boundless_filters_are_not_there(name: str) -> None:
    assert codes(render(f"{{{{ 'x' | {name} }}}}")) == ["template-syntax"]


def test_a_refused_template_leaves_the_next_one_its_budget() -> None:
    assert codes(render(BOMBS["empty loops"])) == ["template-limit"]
    assert WORK == 1_000_000
    assert text_of("{% for i in range(9000) %}{{ '' }}{% endfor %}ok") == "ok"


@given(st.text(max_size=60), st.integers(1, 40))
@settings(deadline=None)
def test_truncate_keeps_to_its_units(text: str, length: int) -> None:
    cut = filters.truncate(text, length)
    assert utf16_length(cut) <= max(length, 1)
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@given(st.text(alphabet="{}%#abc '\"|()[]\n0.", max_size=40))
@settings(deadline=None)
def test_no_template_raises(body: str) -> None:
    rendered = render(body)
    assert (rendered.post is None) == bool([d for d in rendered.diagnostics if d.severity == "error"])
