"""The headers of every answer, from real requests to every address, also of answers that no view gives."""

import re
from html.parser import HTMLParser
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from tests.security.access_requests import cached_get, send_request
from tests.security.test_roles import RULES
from tiptracker.web import error_pages, pages
from tiptracker.wsgi import application

COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-…'; style-src 'self' 'nonce-…'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)
DRAWS_FROM_DATA = {"api_docs", "mfa_activate_totp"}
FILES = {"evidence_file", "file_picture"}
ASKING_READERS = ("officer", "own", "administrator", "out")
URL_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href"})


class PolicyFaults(HTMLParser):
    """Find content of a page that its policy refuses, or that makes a browser contact another host."""

    def __init__(self, body, nonces):
        super().__init__()
        self.found, self.nonces = [], nonces
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        runs = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if (tag == "style" or runs) and given.get("nonce") not in self.nonces:
            self.found.append(f"<{tag}> in the page itself")
        for name, value in attrs:
            address = re.sub(r"\s", "", value or "").lower()
            if name == "style" or name.startswith("on"):
                self.found.append(f"{name}= on <{tag}>")
            if name in URL_ATTRIBUTES and address.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{value} on <{tag}>")
            if name in URL_ATTRIBUTES and tag != "a" and address.startswith(("http:", "https:", "//")):
                self.found.append(f"{value} on <{tag}>")
        if tag == "a" and given.get("target") and "noopener" not in (given.get("rel") or ""):
            self.found.append(f"{given.get('href')} opens without noopener")


def missing_headers(headers, policy=POLICY):
    """Return the required headers that are missing."""
    said = re.sub(r"'nonce-[^']+'", "'nonce-…'", headers.get("Content-Security-Policy", ""))
    # A page that writes nothing by itself asks for no nonce.
    wrong = [] if said in {policy, policy.replace(" 'nonce-…'", "")} else [said]
    wrong += [name for name, value in COMMON_HEADERS.items() if headers.get(name) != value]
    allowed = re.findall(r"([\w-]+)=\(([^)]+)\)", headers.get("Permissions-Policy", ""))
    used = ("publickey-credentials-create", "publickey-credentials-get", "clipboard-write")
    if allowed != [(feature, "self") for feature in used]:
        wrong.append(f"allows {allowed}")
    if not {"private", "no-store"} <= set(headers.get("Cache-Control", "").split(", ")):
        wrong.append("may be kept")
    return wrong


@pytest.mark.parametrize("line", [line for line in RULES if line.method == "GET"], ids=str)
def test_every_answer_says_what_a_browser_is_to_refuse(world, line):
    """And no page has content that its own policy refuses."""
    policy = POLICY.replace("img-src 'self'", "img-src 'self' data:") if line.route in DRAWS_FROM_DATA else POLICY
    for reader in ASKING_READERS:
        answer = cached_get(world, line, reader)
        said = answer.headers["Content-Security-Policy"]
        kept = line.route in FILES and answer.status == "200"
        shown = policy if answer.status in {"200", "422"} else POLICY
        assert missing_headers(answer.headers, "sandbox; default-src 'none'" if kept else shown) == [], reader
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert PolicyFaults(answer.body, set(re.findall(r"'nonce-([^']+)'", said))).found == [], reader


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ('<p style="color: red">', ["style= on <p>"]),
        ('<a href="java\nscript:alert(1)">', ["java\nscript:alert(1) on <a>"]),
        ("<p onclick=alert(1)>", ["onclick= on <p>"]),
        ("<script>alert(1)</script>", ["<script> in the page itself"]),
        ('<style nonce="guessed"></style>', ["<style> in the page itself"]),
        ('<style nonce="given"></style><script src="/static/a.js"></script>', []),
        ('<img src="//example.org/seen.png">', ["//example.org/seen.png on <img>"]),
        ('<a href="https://example.org/" target="_blank">', ["https://example.org/ opens without noopener"]),
        ('<a href="https://example.org/" rel="noopener noreferrer" target="_blank">', []),
    ],
)
def test_the_check_finds_content_that_the_policy_refuses(body, faults):
    assert PolicyFaults(body, {"given"}).found == faults


# --- Answers that no view of ours gives -------------------------------------------------------------------------------


def failing_view(request):
    raise RuntimeError("a password in a trace")


@pytest.mark.django_db
def test_refusals_and_faults_are_answered_with_the_same_headers_and_tell_nothing(monkeypatch):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    nowhere = client.get("/nowhere/")
    other_host = client.get("/", headers={"Host": "evil.example"})
    without_token = client.post("/accounts/login/", {"login": "a@post.example"})
    forwarded = client.get("/accounts/login/", headers={"X-Forwarded-Host": "evil.example"})
    monkeypatch.setattr(pages, "redirect", failing_view)
    broken = client.get("/")

    statuses = [answer.status_code for answer in (nowhere, other_host, without_token, forwarded, broken)]
    assert statuses == [404, 400, 403, 200, 500]
    for answer in (nowhere, other_host, without_token, forwarded, broken):
        is_plain = answer in (other_host, broken)
        assert missing_headers(answer.headers, error_pages.POLICY if is_plain else POLICY) == [], answer.status_code
        for told in ("Traceback", "a password in a trace", "DJANGO_SETTINGS_MODULE", "evil.example"):
            assert told not in answer.content.decode()


def test_a_static_file_is_kept_for_good_and_taken_as_declared():
    environ = {"PATH_INFO": staticfiles_storage.url("css/site.css"), "REQUEST_METHOD": "GET"}
    setup_testing_defaults(environ)
    said = {}
    answer = application(environ, lambda status, headers: said.update(headers, status=status))
    answer.close()

    assert said["status"].startswith("200")
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "immutable" in said["Cache-Control"]
    assert said["Content-Type"].startswith("text/css")


# --- Templates --------------------------------------------------------------------------------------------------------

TEMPLATES_WITHOUT_POLICY = {
    "account/email/base.html",
    "reports/briefing.html",
    "reports/briefing_answers.html",
    "reports/briefing_dialogue.html",
    "reports/briefing_ministry.html",
    "reports/briefing_washington.html",
    "reports/print_bars.html",
    "reports/certificate_print.html",
    "reports/print_base.html",
    "reports/print_contents.html",
    "reports/print_first_pages.html",
    "reports/print_months.html",
}
"""Mails and printed documents, which have no policy. Browsers never get them."""
TEMPLATES = sorted(
    path.relative_to(settings.BASE_DIR / "templates") for path in (settings.BASE_DIR / "templates").rglob("*.html")
)


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_no_template_has_style_or_script_in_it(template):
    """Templates of parts that a page shows only in some state."""
    text = (settings.BASE_DIR / "templates" / template).read_text()
    written = re.findall(r"""\s(?:style|on[a-z]+)\s*=\s*["']|javascript:|<script(?![^>]*\b(?:src|nonce)=)""", text)
    written += re.findall(r"<style(?![^>]*\bnonce=)", text)

    assert str(template) in TEMPLATES_WITHOUT_POLICY or written == []


UNESCAPED_OUTPUT = re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off|\bmark_safe\b|\bSafeString\b|\b__html__\b")
"""Ways to print a text as HTML."""
HTML_MODULES = {
    "dialogues/forms/fields.py",  # puts together options that are escaped one by one
    "recommendations/site_header.py",  # puts together what a template and `escape` have escaped
    "reports/templatetags/print.py",
    "tiptracker/templatetags/isolation.py",  # passes on what a template has escaped
    "tiptracker/templatetags/page_title.py",  # renders a block again, which escapes
    "tiptracker/web/kept_body.py",  # random marks of hexadecimal digits
    "tiptracker/web/unavailable.py",
}
"""Code that builds HTML from escaped parts, with `format_html` and `escape`."""


def test_typed_text_is_never_printed_as_html():
    """Mails are plain text (.txt), so they are not escaped."""
    top = settings.BASE_DIR
    packages = ("tiptracker", "recommendations", "dialogues", "reports")
    code = [path for package in packages for path in (top / package).rglob("*.py")]
    printed = [*code, *(top / "templates" / template for template in TEMPLATES)]

    assert {str(path.relative_to(top)) for path in printed if UNESCAPED_OUTPUT.search(path.read_text())} == HTML_MODULES
    assert UNESCAPED_OUTPUT.search("{{ title|safe }}")


# --- Forms ------------------------------------------------------------------------------------------------------------

SUCCESS_STATUSES = {"200", "201", "202", "302"}
ROUTES_WITHOUT_TOKEN = {"notices_stop"}
"""Mail programs send it (RFC 8058). The signed address is the permission, and a made-up one is unknown."""


@pytest.mark.parametrize("line", [line for line in RULES if line.method != "GET"], ids=str)
def test_nothing_is_sent_without_the_token_of_our_own_page(world, line):
    """Sent by a reader who may do it. Another site could send everything but the token from their browser."""
    reader = next((reader for reader, answer in line.expected.items() if answer in SUCCESS_STATUSES), "officer")

    answer = send_request(world, line, reader, with_token=False)

    if line.route in ROUTES_WITHOUT_TOKEN:
        assert answer.status == "404"
        return
    assert answer.status == "403"
    told = (
        "You cannot open this page"
        if line.route == "api_docs"
        else "CSRF Failed"
        if line.is_api
        else "This form has expired"
    )
    assert told in answer.body


TYPED = {
    "narrative": "We trained 40 officers\nin <Maseru>.",
    "password": "a long enough password",
    "csrfmiddlewaretoken": "k" * 64,
    "claimed": "done",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "is_own"), [("http://testserver", True), ("https://evil.example", False), ("", False)]
)
def test_typed_text_is_given_back_only_to_forms_of_our_own_pages(origin, is_own):
    """Another site cannot show its own text on our page."""
    answer = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", TYPED, headers={"Origin": origin} if origin else {}
    )

    body = answer.content.decode()
    assert answer.status_code == 403
    assert ("We trained 40 officers\nin &lt;Maseru&gt;." in body) is is_own
    assert ("SENSITIVE BUT UNCLASSIFIED" in body) is is_own
    assert "a long enough password" not in body
    assert "k" * 64 not in body
