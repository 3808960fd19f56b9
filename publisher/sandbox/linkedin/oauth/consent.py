"""The HTML of the authorization page and of LinkedIn's error page, with the standard library only."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template

from publisher.sandbox.values import Member

_STYLE = Path(__file__).with_name("consent.css")

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · LinkedIn sandbox</title>
<style>
$style</style>
</head>
<body>
<main>
$main
</main>
</body>
</html>
""")

_CONSENT = Template("""<h1>$app would like to:</h1>
<ul>
$consents
</ul>
<form method="post" action="/oauth/v2/authorization">
$fields
<label for="member">Signed in as</label>
<select id="member" name="member">
$members
</select>
<div class="choices">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="cancel">Cancel</button>
<button class="plain" name="decision" value="login-cancelled">Don't sign in</button>
</div>
</form>
<p><small>This is a sandbox on your own machine. Nothing reaches LinkedIn.</small></p>""")

_ERROR = Template("""<h1>Bummer, something went wrong.</h1>
<p>$reason</p>
<p><small>LinkedIn shows this page instead of redirecting: nobody is sent to a stranger's address.</small></p>""")


def consent_page(
    app: str, consents: Iterable[str], members: Iterable[Member], fields: Mapping[str, str]
) -> str:
    """Return the page on which a person chooses who to be, and allows or refuses."""
    main = _CONSENT.substitute(
        app=escape(app),
        consents="\n".join(f"<li>{escape(consent)}</li>" for consent in consents),
        fields="\n".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in fields.items()
        ),
        members="\n".join(_option(member) for member in members),
    )
    return _page(title=f"Authorize {escape(app)}", main=main)


def _page(*, title: str, main: str) -> str:
    return _PAGE.substitute(title=title, main=main, style=_STYLE.read_text(encoding="utf-8"))


def _option(member: Member) -> str:
    email = f" ({member.email})" if member.email else ""
    return f'<option value="{escape(member.urn)}">{escape(member.name + email)}</option>'


def error_page(reason: str) -> str:
    """Return the page that stands in place of a redirect."""
    return _page(title="Something went wrong", main=_ERROR.substitute(reason=escape(reason)))
