"""Read the steps of docs/operating.md, and do what people do in them on the pages."""

import re
import time
from dataclasses import dataclass
from email.message import Message

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.deployment.container import BASE_DIR
from tests.deployment.form_browser import FormBrowser
from tests.smtp_server import MailServer

PASSWORD = "a long enough password of the first day"
OFFICER = "officer@post.example"


@dataclass
class Step:
    """A numbered step of a section: its text, its commands in order, and what one sees."""

    text: str

    @property
    def commands(self) -> list[str]:
        return [line.strip() for line in re.findall(r"(?m)^ {7,}\S.*$", self.text)]

    @property
    def seen(self) -> list[str]:
        return re.findall(r"You see “([^”]+)”", " ".join(self.text.split()))

    def label(self, name: str) -> str:
        """Return a name of a page that the step has to mention in quotes."""
        assert f"“{name}”" in " ".join(self.text.split()), f"the step does not mention “{name}”: {self.text}"
        return name


def read_steps(title: str) -> list[Step]:
    """Return the numbered steps of a section of docs/operating.md."""
    page = (BASE_DIR / "docs" / "operating.md").read_text()
    (section,) = re.findall(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## )", page)
    steps = re.findall(r"(?ms)^(\d+)\. (.*?)(?=^\d+\. |^\S|\Z)", section)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    return [Step(text) for _, text in steps]


def accept_invitation(browser: FormBrowser, link: str, step: Step) -> str:
    """Set a password by a link, which signs in, and set up an authenticator app. Return the secret of the app."""
    browser.open(link)
    browser.press(step.label("Set password"), password=PASSWORD, again=PASSWORD)
    browser.follow(step.label("Set up an authenticator app"))
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', browser.text)[1]
    browser.press(step.label("Set up the app"), code=totp_code(secret))
    assert len(re.findall(r"<code>\d{8}</code>", browser.text)) == 10, "no recovery codes are shown"
    return secret


def totp_code(secret: str, later: int = 0) -> str:
    """Return the code that the app shows, or will show so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def set_up_post(browser: FormBrowser, step: Step) -> None:
    """Add a country and invite its officer."""
    browser.open("/setup/")
    browser.follow(step.label("Set up a post"))
    browser.press(step.label("Continue"), country="LSO")
    browser.press(step.label("Add this country"))
    browser.follow(step.label("Invite people"))
    person = {"people-0-name": "Exercise Officer", "people-0-email": OFFICER, "people-0-role": "officer"}
    browser.press(step.label("Send invitations"), **person)
    assert OFFICER in browser.text, browser.text


def sign_in_as_officer(browser_of, server: MailServer, steps: list[Step]) -> None:
    """Follow the invitation that was mailed, and sign in once more, with a code of the app as the second step."""
    link = invitation_link(server)
    secret = accept_invitation(browser_of(), link, steps[6])
    browser = browser_of()
    browser.open("/")
    browser.press("Sign in", login=OFFICER, password=PASSWORD)
    assert browser.path.startswith("/accounts/second-step/"), browser.path
    browser.press("Sign in", code=totp_code(secret, 1))  # the one of the enrolment is used up
    assert "Lesotho" in browser.text
    assert browser.status == 200
    assert 'action="/accounts/logout/"' in browser.text


def invitation_link(server: MailServer) -> str:
    """Wait for the mail to the officer, and return the link in it."""
    give_up_at = time.monotonic() + 60
    while not (found := [mail for mail in server.received if mail["To"] == OFFICER]):
        assert time.monotonic() < give_up_at, "no invitation arrived"
        time.sleep(0.1)
    return link_in(found[0])


def link_in(mail: Message) -> str:
    """Return the address of the site in a mail that sets a password."""
    text = mail.get_payload(decode=True).decode()
    return re.search(r"https://\S+/accounts/invitation/\S+", text)[0]
