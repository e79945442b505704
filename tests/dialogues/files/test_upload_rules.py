"""The rules that the script checks before it sends a file have the sentences of the server."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from dialogues.actions.files import refuse_oversized_total
from dialogues.files.inspection import inspect_upload
from dialogues.files.upload_rules import format_size, list_upload_rules
from dialogues.models import EvidenceFile
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate
from tiptracker.errors import Refused
from tiptracker.sandbox.sandbox import Sandbox


@pytest.mark.parametrize(
    ("rule", "name", "content"),
    [
        ("empty", "list.pdf", b""),
        ("oversized", "list.pdf", b"%PDF-" + b"0" * 1024**2),
        ("apple", "IMG_1.HEIC", b"\0\0\0\x18ftypheic"),
        ("unknown", "list.exe", b"MZ"),
    ],
)
def test_the_script_says_what_the_server_would_say(settings, rule, name, content):
    settings.UPLOAD_MAX_BYTES = 1024**2
    with pytest.raises(Refused) as refusal:
        inspect_upload(SimpleUploadedFile(name, content), run=Sandbox(None))

    assert list_upload_rules()[rule] % {"name": name, "size": format_size(len(content))} == str(refusal.value)


def test_the_script_says_what_the_server_would_say_of_all_files_together(settings):
    settings.UPLOAD_MAX_UPDATE_BYTES = 1024**2
    with pytest.raises(Refused) as refusal:
        refuse_oversized_total([EvidenceFile(size=1024**2), EvidenceFile(size=1024**2)])

    assert list_upload_rules()["oversizedTotal"] % {"size": "2 MB"} == str(refusal.value)


def test_the_rules_are_those_of_the_settings_and_in_the_language_of_the_reader(settings):
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_FILES, settings.UPLOAD_MAX_UPDATE_BYTES = 3 * 1024**2, 4, 5
    rules = list_upload_rules()
    assert (rules["bytes"], rules["files"], rules["total"]) == (3 * 1024**2, 4, 5)
    assert "the limit is 4 files" in rules["excess"]
    with pseudo_languages(), override(LEFT_TO_RIGHT):
        assert list_upload_rules()["empty"] == pseudo_translate("“%(name)s” is empty. Choose the file again.")
