"""A refused form comes back as it was sent: what was typed is in it, and the message stands beside its field."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

_KEYS = ("id", "code")  # hidden fields by which several forms of one act differ
_SECRET = ("token", "password")
_TICKED = ("checkbox", "radio")

Sent = Mapping[str, Sequence[str]]


def again(page: str, act: str, sent: Sent, said: str, field: str) -> str:
    """Return the page with its form of an act filled in as it was sent; "" if the page has none.

    A message whose field the form lacks stands at the head of the form.
    """
    forms = re.finditer(rf'<form\b[^>]*\bdata-act="{re.escape(act)}"[^>]*>.*?</form>', page, re.S)
    chosen = next((form for form in forms if _meant(form[0], sent)), None)
    if chosen is None:
        return ""
    filling = _Filling(sent, said, field)
    filling.feed(chosen[0])
    filling.close()
    return page[: chosen.start()] + filling.whole() + page[chosen.end() :]


def _meant(form: str, sent: Sent) -> bool:
    keys = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return all(sent.get(key, [""])[0] == value for key, value in keys.items() if key in _KEYS)


class _Filling(HTMLParser):
    """Writes a form anew as it reads it."""

    def __init__(self, sent: Sent, said: str, field: str) -> None:
        super().__init__(convert_charrefs=False)
        self._sent, self._message, self._field = sent, _message(said, field), field
        self._out: list[str] = []
        self._select, self._waits, self._label, self._typed = "", False, False, False

    def whole(self) -> str:
        if self._message:  # its field is not in the form: it stands at its head
            self._out.insert(1, self._message)
        return "".join(self._out)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in given}
        name, kind = has.get("name", ""), has.get("type", "")
        values = [] if name in _SECRET or kind in ("hidden", "file") else self._sent.get(name, [])
        if tag == "input" and kind in _TICKED and name:
            has = _marked(has, "checked", has.get("value", "on") in self._sent.get(name, ()))
        elif tag == "input" and values:
            has["value"] = values[0]
        elif tag == "option" and self._select in self._sent:
            has = _marked(has, "selected", has.get("value", "") in self._sent[self._select])
        self._out.append(_written(tag, has) if has != dict(given) else self.get_starttag_text() or "")
        if tag == "select":
            self._select = name
        if tag == "textarea" and values:
            self._out.append("\n" + escape(values[0], quote=False))
            self._typed = True
        self._label = self._label or tag == "label"
        if name and name == self._field:
            self._waits = True
            if tag == "input" and not self._label:
                self._beside()

    def handle_endtag(self, tag: str) -> None:
        self._out.append(f"</{tag}>")
        self._typed = self._typed and tag != "textarea"
        self._select = "" if tag == "select" else self._select
        self._label = self._label and tag != "label"
        if self._waits and not self._label and tag in ("label", "textarea", "select"):
            self._beside()

    def _beside(self) -> None:
        self._out.append(self._message)
        self._message, self._waits = "", False

    def handle_data(self, data: str) -> None:
        if not self._typed:
            self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _marked(has: dict[str, str], mark: str, on: bool) -> dict[str, str]:
    kept = {name: value for name, value in has.items() if name != mark}
    return kept | {mark: ""} if on else kept


def _written(tag: str, has: Mapping[str, str]) -> str:
    parts = (f' {name}="{escape(value)}"' if value else f" {name}" for name, value in has.items())
    return f"<{tag}{''.join(parts)}>"


def _message(said: str, field: str) -> str:
    return f'<p class="said" role="alert" data-error-for="{escape(field)}">{escape(said, quote=False)}</p>'
