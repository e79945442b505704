"""Mails of a demonstration can be read in their file, and their links copied."""

from django.core.mail import EmailMessage

from tiptracker.demo.mail import ReadableFileBackend

LINK = f"http://127.0.0.1:8000/accounts/invitation/{'x' * 120}/?next=/"


def test_mail_file_keeps_its_characters_and_its_complete_link(tmp_path):
    said = f"Come to the embassy’s tracker in Côte d’Ivoire:\n\n{LINK}\n"
    message = EmailMessage("An invitation", said, "tracker@localhost", ["officer@demo.example"])

    sent = ReadableFileBackend(file_path=str(tmp_path), alias="default").send_messages([message])

    (file,) = tmp_path.iterdir()
    lines = file.read_text().splitlines()
    assert sent == 1
    assert "To: officer@demo.example" in lines
    assert {LINK, "Come to the embassy’s tracker in Côte d’Ivoire:"} <= set(lines)
