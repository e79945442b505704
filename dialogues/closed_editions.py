"""Triggers that keep an edition closed once it was disposed of: nobody adds a row to it or changes one of its rows.

A certificate names the rows whose texts went (`DisposalRow`). A new row is refused if it hangs on one of them, directly
or through a row without texts. `refuse_closed_rows` turns the error of the database into a sentence for people, for
every page, form, program and job.

On SQLite, a migration that makes Django rebuild a table of `TABLES` must begin with `open_disposed_editions()` and end
with `close_disposed_editions()`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tiptracker.errors import Refused
from tiptracker.former_names import all_labels
from tiptracker.infrastructure.new_database import DatabaseObjectOperation
from tiptracker.localization import gettext

TABLES: Mapping[str, tuple[str, ...]] = {
    "recommendations.editionimport": ("edition",),
    "recommendations.editionterms": ("edition",),
    "recommendations.milestone": ("edition",),
    "recommendations.milestonedatechange": ("milestone",),
    "recommendations.milestonedone": ("milestone",),
    "recommendations.questionset": ("edition",),
    "recommendations.question": ("edition",),
    "recommendations.questionterms": ("question",),
    "recommendations.question_benchmarks": ("question", "benchmark"),
    "recommendations.question_indicators": ("question",),
    "recommendations.recommendation": ("edition",),
    "recommendations.recommendation_supporting": ("recommendation",),
    "recommendations.recommendationterms": ("recommendation",),
    "recommendations.recommendationweight": ("recommendation",),
    "recommendations.benchmark": ("recommendation",),
    "recommendations.benchmarkterms": ("benchmark", "recommendation"),
    "dialogues.agendaitem": ("dialogue", "recommendation", "commitment"),
    "dialogues.agreedproof": ("commitment",),
    "dialogues.agreedproofend": ("proof",),
    "dialogues.agreedproofmatch": ("proof", "evidence"),
    "dialogues.answerversion": ("question",),
    "dialogues.answersentence": ("version",),
    "dialogues.answerevent": ("version",),
    "dialogues.assessment": ("benchmark",),
    "dialogues.chosenindicator": ("dialogue",),
    "dialogues.chosenindicatorevent": ("chosen",),
    "dialogues.commitment": ("dialogue",),
    "dialogues.commitmentbenchmark": ("commitment", "benchmark"),
    "dialogues.commitmentcorrection": ("commitment",),
    "dialogues.commitmentevent": ("commitment",),
    "dialogues.contribution": ("commitment", "recommendation", "corrects"),
    "dialogues.dialogue": (),
    "dialogues.dialoguefile": ("dialogue", "file"),
    "dialogues.draft": ("commitment", "dialogue", "information_request"),
    "dialogues.duedateproposal": ("commitment",),
    "dialogues.duedateproposaldecision": ("proposal",),
    "dialogues.evidence": ("commitment", "information_request", "update_version", "revises", "file"),
    "dialogues.evidenceindicium": ("evidence",),
    "dialogues.evidencelink": ("evidence", "benchmark"),
    "dialogues.evidencequestion": ("evidence", "question"),
    "dialogues.evidencereview": ("evidence", "evidence_link"),
    "dialogues.indicatortarget": ("edition",),
    "dialogues.informationrequest": ("edition", "dialogue"),
    "dialogues.internalnote": ("commitment", "recommendation"),
    "dialogues.internalnotedone": ("note",),
    "dialogues.lawentry": ("evidence",),
    "dialogues.lineanswer": ("line", "update_version"),
    "dialogues.nextstep": ("dialogue",),
    "dialogues.nextstepdone": ("step",),
    "dialogues.participant": ("dialogue",),
    "dialogues.reading": ("evidence", "update_version"),
    "dialogues.readingpart": ("reading",),
    "dialogues.requestevent": ("information_request",),
    "dialogues.requestline": ("information_request", "question"),
    "dialogues.sustainment": ("commitment", "recommendation"),
    "dialogues.update": ("commitment", "information_request"),
    "dialogues.updateversion": ("update",),
    "dialogues.updateversiondecision": ("update_version",),
}
"""By table: the references of a new row that must not lead to what was disposed of."""
BRIEFINGS: Mapping[str, tuple[str, ...]] = {"reports.briefing": ("edition", "dialogue")}
"""The same for the tables of `reports`, whose migrations create these triggers."""
LEFT_OPEN: Mapping[str, str] = {
    "dialogues.answercitation": "An answer of a kept edition may cite what it cited before.",
    "dialogues.assessmentevidence": "An assessment of a kept edition may rest on what it rested on before.",
    "dialogues.disposal": "Proposals have triggers of their own.",
    "dialogues.disposalcertificate": "Certificates have triggers of their own.",
    "dialogues.draft_files": "No new draft can be about what was disposed of.",
    "dialogues.filescan": "It says that a file has no malware.",
    "dialogues.filetext": "The job finds no file to read.",
    "dialogues.redactionfile": "A redaction destroys a file and adds nothing.",
    "dialogues.retentionhold": "Holds have triggers of their own.",
    "dialogues.sendkey": "It belongs to an update, which is refused.",
    "dialogues.workbookdraft_files": "The draft of a workbook belongs to a ministry and no edition.",
    "reports.briefingdownload": "It says who downloaded a document. The file is gone.",
    "reports.readinessrun": "It has figures and keys. Readiness of the edition can still be computed.",
}
"""Tables that refer to what a disposal names, and take new rows all the same, with the reason. A test compares them."""
EDITABLE = (
    "recommendations.edition",
    "recommendations.milestone",
    "recommendations.question",
    "recommendations.recommendation",
    "dialogues.agendaitem",
    "dialogues.dialogue",
    "dialogues.participant",
)
"""Tables whose rows people may edit. Rows that a closed certificate names stay as they are."""

_NAMED = {
    "chosen": "dialogues.chosenindicator",
    "commitment": "dialogues.commitment",
    "corrects": "dialogues.contribution",
    "dialogue": "dialogues.dialogue",
    "edition": "recommendations.edition",
    "evidence": "dialogues.evidence",
    "file": "dialogues.evidencefile",
    "information_request": "dialogues.informationrequest",
    "line": "dialogues.requestline",
    "milestone": "recommendations.milestone",
    "note": "dialogues.internalnote",
    "proof": "dialogues.agreedproof",
    "proposal": "dialogues.duedateproposal",
    "question": "recommendations.question",
    "reading": "dialogues.reading",
    "recommendation": "recommendations.recommendation",
    "revises": "dialogues.evidence",
    "step": "dialogues.nextstep",
    "update_version": "dialogues.updateversion",
}
"""By reference: the table to which it leads, if certificates name its rows."""
_THROUGH = {
    "benchmark": ("recommendations_benchmark", ("recommendation",)),
    "evidence_link": ("dialogues_evidencelink", ("benchmark",)),
    "update": ("dialogues_update", ("commitment", "information_request")),
    "version": ("dialogues_answerversion", ("question",)),
}
"""By reference: the table to which it leads, whose rows no certificate names, and the references that lead on."""
_UNLESS = {
    "dialogues.evidencelink": "benchmark",
    "dialogues.evidencequestion": "question",
}
"""Evidence that supports a kept edition too may be corrected. The new version supports what the earlier one did."""
_IN_DISPOSED_PERIOD = (
    "EXISTS (SELECT 1 FROM dialogues_disposalcertificate c JOIN recommendations_edition e ON e.id = c.edition_id "
    "WHERE e.country_id = NEW.country_id AND NEW.held_on BETWEEN e.starts_on AND e.ends_on)"
)
_REFUSAL = "belongs to an edition that was disposed of"
_KEPT_MARK = "keeps what was disposed of"


class CloseDisposedEditions(DatabaseObjectOperation):
    """Refuse new rows that hang on what was disposed of, and changes of rows that were.

    Tables that do not exist yet are left out: an earlier migration may run this with the list of today.
    """

    def __init__(self, tables: Mapping[str, tuple[str, ...]], editable: tuple[str, ...] = ()) -> None:
        self.tables, self.editable = tables, editable

    def describe(self) -> str:
        return "Close editions that were disposed of"

    def object_key(self, app_label: str) -> tuple[str, ...]:
        return app_label, "closed_editions"

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._run(editor, creates=not self.removes)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._run(editor, creates=self.removes)

    def _run(self, editor: BaseDatabaseSchemaEditor, *, creates: bool) -> None:
        here = set(editor.connection.introspection.table_names())
        for label in self.tables:
            if _table(label) in here:
                self._run_one(editor, label, "INSERT", _refused_addition(label, self.tables[label]), creates=creates)
        for label in self.editable:
            if _table(label) in here:
                self._run_one(editor, label, "UPDATE", _refused_change(label), creates=creates)

    @staticmethod
    def _run_one(editor: BaseDatabaseSchemaEditor, label: str, event: str, when: str, *, creates: bool) -> None:
        table = _table(label)
        own = f"refuse_{event.lower()}_after_disposal"
        name, sentence = f"{table}_{own}", f"{table} {_REFUSAL}"
        if editor.connection.vendor == "postgresql":
            drop = [f"DROP TRIGGER IF EXISTS {own} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"]
            refuse = f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';"
            body = f"BEGIN IF {when} THEN {refuse} END IF; RETURN NEW; END"
            function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
            trigger = f"CREATE TRIGGER {own} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            create = [function, trigger]
        else:
            drop = [f"DROP TRIGGER IF EXISTS {name}"]
            refuse = f"SELECT RAISE(ABORT, '{sentence}');"
            create = [f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN {refuse} END"]
        statements = [*drop, *create] if creates else drop
        for statement in statements:
            editor.execute(statement, params=None)


class OpenDisposedEditions(CloseDisposedEditions):
    """Remove the triggers for the operations that follow. The same migration must end with CloseDisposedEditions."""

    removes = True

    def describe(self) -> str:
        return "Let rows of editions that were disposed of be rebuilt"


def close_disposed_editions() -> CloseDisposedEditions:
    """Return the operation that creates the triggers."""
    return CloseDisposedEditions(TABLES, EDITABLE)


def open_disposed_editions() -> OpenDisposedEditions:
    """Return the operation that removes the triggers until the end of a migration."""
    return OpenDisposedEditions(TABLES, EDITABLE)


def _table(label: str) -> str:
    return label.replace(".", "_")


def _refused_addition(label: str, references: tuple[str, ...]) -> str:
    """Return SQL: the new row hangs on what was disposed of."""
    conditions = [_leads_to_disposed(name, f"NEW.{name}_id") for name in references]
    if label == "dialogues.dialogue":
        conditions.append(_IN_DISPOSED_PERIOD)
    when = " OR ".join(conditions)
    if supported := _UNLESS.get(label):
        when = (
            f"({when}) AND NOT EXISTS (SELECT 1 FROM dialogues_evidence e "  # noqa: S608
            f"JOIN {_table(label)} earlier ON earlier.evidence_id = e.revises_id "
            f"WHERE e.id = NEW.evidence_id AND earlier.{supported}_id = NEW.{supported}_id)"
        )
    return when


def _leads_to_disposed(name: str, value: str, depth: int = 0) -> str:
    """Return SQL: the reference `name` with this value leads to a row that a certificate names."""
    if name in _NAMED:
        return f"EXISTS (SELECT 1 FROM dialogues_disposalrow gone WHERE {_is_named(_NAMED[name], value)})"  # noqa: S608
    table, further = _THROUGH[name]
    on = " OR ".join(_leads_to_disposed(each, f"t{depth}.{each}_id", depth + 1) for each in further)
    return f"EXISTS (SELECT 1 FROM {table} t{depth} WHERE t{depth}.id = {value} AND ({on}))"  # noqa: S608


def _is_named(label: str, value: str) -> str:
    labels = ", ".join(f"'{each}'" for each in all_labels(label))
    return f'gone."table" IN ({labels}) AND gone."row" = {value}'


def _refused_change(label: str) -> str:
    """Return SQL: a closed certificate names the old row, and no open one does."""
    named = (
        "SELECT 1 FROM dialogues_disposalrow gone "  # noqa: S608
        "JOIN dialogues_disposalcertificate c ON c.id = gone.certificate_id "
        f"WHERE {_is_named(label, 'OLD.id')} AND c.closed_at IS"
    )
    return f"EXISTS ({named} NOT NULL) AND NOT EXISTS ({named} NULL)"


def refuse_closed_rows(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    """Run a statement. Raises Refused, code "disposed_of", if one of these triggers refuses it."""
    try:
        return execute(sql, params, many, context)
    except IntegrityError as error:
        if _REFUSAL in str(error) or _KEPT_MARK in str(error):
            raise Refused("disposed_of", describe_closed_edition()) from error
        raise


def describe_closed_edition() -> str:
    """Say why a row cannot be added or changed, and what to do."""
    return gettext(
        "This belongs to an edition that was disposed of. Nothing can be added to it or changed in it. Open a later "
        "edition and record it there."
    )


def watch_closed_rows(*, connection: BaseDatabaseWrapper, **more: Any) -> None:
    """Let a new connection turn the errors of these triggers into refusals."""
    if refuse_closed_rows not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, refuse_closed_rows)  # `execute_wrapper` takes away the last one
