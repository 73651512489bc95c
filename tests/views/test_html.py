"""Whatever a repository holds, the HTML has no element or attribute but ours."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from jupyter_mvt.display import MIME
from jupyter_mvt.views.register import drawing_of
from jupyter_mvt.views.saved import bundle
from tests.views.samples import everything

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</td></tr></table><script>alert(1)</script>",
    "</pre><iframe src=javascript:alert(1)>",
    "</code></b></p></div><form action=//evil><input autofocus onfocus=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    "<style>@import '//evil'</style>",
    "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content='0;url=//evil'>",
    "<base href=//evil>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<video><source onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><script>alert(1)</script>",
    "<body onload=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u202e<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<\x1bscript>\x1b]8;;http://evil\x07link\x1b]8;;\x07",
    "<ScRiPt/x>alert(1)</sCrIpT>",
    "<p style=background:url(javascript:alert(1))>",
    "{{constructor.constructor('alert(1)')()}}",
    "$\\href{javascript:alert(1)}{x}$",
    "<marquee onstart=alert(1)>",
)
OURS = {
    "b", "br", "code", "div", "p", "pre", "span", "table", "tbody", "td", "th", "thead", "time",
    "tr",
}  # fmt: skip
STYLE = re.compile(r"[-a-z0-9:;.#% ]*\Z")
ATTRIBUTES = {
    "style": STYLE,
    "scope": re.compile(r"col\Z"),
    "datetime": re.compile(r"[0-9T:+-]*\Z"),
}


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OURS:
            self.bad.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES or not ATTRIBUTES[name].match(value or ""):
                self.bad.append(f"{tag} {name}={value}")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.bad.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.bad.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data}")


_CHOICES = {
    "presence", "badge", "against", "kind", "verdict", "noise", "trigger", "state_kind", "basis",
    "digest_kind", "source", "unit",
}  # fmt: skip


def poisoned(value: Any, evil: str, field: str = "") -> Any:
    """Return `value` with every free text in it, keys included, made hostile."""
    if isinstance(value, str):
        return value if field in _CHOICES else evil + (value if field in {"id", "labels"} else "")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            f.name: poisoned(getattr(value, f.name), evil, f.name)
            for f in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **changes)
    if isinstance(value, tuple | list):
        return type(value)(poisoned(item, evil, field) for item in value)
    if isinstance(value, dict):
        return {_key(key, evil, field): poisoned(item, evil) for key, item in value.items()}
    return value


def _key(key: str, evil: str, field: str) -> str:
    # The keys of profiles are the library's own.
    return key if field in {"base", "other"} else evil + key


@pytest.mark.parametrize("evil", PAYLOADS)
def test_hostile_text_stays_text_in_every_field(evil: str) -> None:
    for name, value in everything().items():
        made = bundle(drawing_of(value), poisoned(value, evil))
        seen = Seen()
        seen.feed(made["text/html"])
        seen.close()
        assert (name, seen.bad, seen.open) == (name, [], [])
        assert "\x1b" not in made["text/plain"] + made["text/html"]
        assert "\u202e" not in made["text/plain"] + made["text/html"] + str(made[MIME])


def test_hostile_text_is_still_shown() -> None:
    value = poisoned(everything()["notice-moved"], "<script>alert(1)</script>")
    seen = Seen()
    seen.feed(bundle(drawing_of(value), value)["text/html"])
    assert "<script>alert(1)</script>" in "".join(seen.text)


@pytest.mark.parametrize("name", everything())
def test_the_html_has_no_background_control_or_script(name: str) -> None:
    value = everything()[name]
    text = bundle(drawing_of(value), value)["text/html"]
    assert re.search(r"background|<button|<input|<a |<script|http", text) is None


def test_an_unchanged_commit_as_html() -> None:
    value = everything()["commit-unchanged"]
    assert bundle(drawing_of(value), value)["text/html"] == (
        '<div style="font-variant-numeric:tabular-nums"><p style="margin:4px 0"><b>= Nothing'
        " changed since v9.</b> No version was made.</p>"
        '<p style="margin:4px 0;opacity:.72">Weights, data, params, code and environment are the'
        " same. Checked in 0.09\u00a0s.</p></div>"
    )
