"""makemessages finds the sentences that are not in code: those of the glossary and of the activity log."""

from pathlib import Path
from types import SimpleNamespace

from django.conf import settings

from recommendations import standard_indicators
from tiptracker.audit.verbs import VERBS
from tiptracker.management.commands.makemessages import Command, list_toml_sentences
from tiptracker.web.glossary import read_glossary


def test_each_sentence_of_our_toml_files_is_marked(tmp_path):
    source = tmp_path / "glossary.toml"
    source.write_text("")
    file = Command.build_file_class(
        SimpleNamespace(extensions={".toml"}), "django", SimpleNamespace(dirpath=str(tmp_path), file=source.name,
                                                                         path=str(source)),
    )  # fmt: skip

    file.preprocess()

    lines = Path(file.work_path).read_text().splitlines()
    first = read_glossary()[0]
    assert lines[0] == f"gettext_noop({first.title!r})"
    assert f"gettext_noop({first.terms[0].meaning!r})" in lines


def test_every_term_verb_and_standard_indicator_is_listed_and_no_other_toml_file():
    base = Path(settings.BASE_DIR, "tiptracker")

    terms = list_toml_sentences(base / "web" / "glossary.toml")

    assert {term.meaning for section in read_glossary() for term in section.terms} <= set(terms)
    assert list_toml_sentences(base / "audit" / "verbs.toml") == [words for _, words in VERBS.values()]
    listed = set(list_toml_sentences(standard_indicators.FILE))
    catalogue = standard_indicators.read_catalogue().values()
    assert listed == {text for entry in catalogue for text in (entry.name, entry.unit, entry.includes, entry.note)} - {
        ""
    }
    assert list_toml_sentences(base.parent / "pyproject.toml") == []
