"""A browser without scripts: it follows links and sends forms by the names that a person reads."""

import http.client
import ssl
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

UNVERIFIED_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""A client that takes the certificate of the tests."""
UNVERIFIED_TLS.check_hostname = False
UNVERIFIED_TLS.verify_mode = ssl.CERT_NONE


@dataclass
class FormBrowser:
    """One person's browser, which reaches the proxy on this machine by the name of the installation."""

    host: str
    port: int
    path: str = "/"
    text: str = ""
    status: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, address: str) -> None:
        """Open a page, and follow where it leads."""
        self._request("GET", address)

    def follow(self, name: str) -> None:
        """Follow the first link with this text."""
        links = [link for link in self._page.iter("a") if " ".join(link.text_content().split()) == name]
        assert links, f"no link “{name}” in {self._visible_text()}"
        self.open(links[0].get("href"))

    def press(self, name: str, **typed: str) -> None:
        """Press the button with this text, after typing into the fields of its form."""
        buttons = [each for each in self._page.iter("button") if " ".join(each.text_content().split()) == name]
        assert buttons, f"no button “{name}” in {self._visible_text()}"
        for button in buttons:
            form = next(button.iterancestors("form"))
            if set(typed) <= set(form.fields):
                break
        fields = dict(form.form_values()) | typed
        if button.get("name"):
            fields[button.get("name")] = button.get("value") or ""
        if (form.get("method") or "get").lower() == "get":
            self.open(f"{form.get('action') or self.path.partition('?')[0]}?{urlencode(fields)}")
        else:
            self._request("POST", form.get("action") or self.path, urlencode(fields))

    @property
    def _page(self) -> html.HtmlElement:
        return html.document_fromstring(self.text)

    def _visible_text(self) -> str:
        return f"{self.path} ({self.status}): " + " ".join(self._page.text_content().split())[:2000]

    def _request(self, method: str, address: str, body: str | None = None) -> None:
        parts = urlsplit(urljoin(self.path, address))
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        headers = {"Host": self.host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{self.host}"}
        line = http.client.HTTPSConnection("127.0.0.1", self.port, context=UNVERIFIED_TLS, timeout=60)
        line.request(method, path, body, headers)
        answer = line.getresponse()
        self.text, self.status, self.path = answer.read().decode(), answer.status, path
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        line.close()
        assert self.status < 500, self._visible_text()
        if location := answer.headers.get("Location"):
            self._request("GET", location)
