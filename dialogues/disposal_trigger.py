"""The trigger that lets a certificate of disposal name only rows of its own edition.

It reads most tables of the record. On SQLite, a migration that makes Django rebuild one of them must begin with
`lift_refusal_of_other_rows()` and end with `refuse_rows_of_other_editions()`.
"""

from collections.abc import Mapping

from tiptracker.audit.append_only import LiftRefuseInsert, RefuseInsert

TO_EDITION: Mapping[str, str] = {
    "recommendations.edition": "",
    "recommendations.editionterms": "edition",
    "recommendations.editionimport": "edition",
    "recommendations.milestone": "edition",
    "recommendations.milestonedatechange": "milestone edition",
    "recommendations.milestonedone": "milestone edition",
    "recommendations.question": "edition",
    "recommendations.questionset": "edition",
    "recommendations.questionterms": "question edition",
    "recommendations.recommendation": "edition",
    "recommendations.recommendationterms": "recommendation edition",
    "recommendations.benchmarkterms": "benchmark recommendation edition",
    "dialogues.assessment": "benchmark recommendation edition",
    "dialogues.answersentence": "version:answerversion question edition",
    "dialogues.answerevent": "version:answerversion question edition",
    "dialogues.indicatortarget": "edition",
    "dialogues.informationrequest": "edition",
    "dialogues.requestline": "information_request edition",
    "dialogues.requestevent": "information_request edition",
    "dialogues.lineanswer": "line:requestline information_request edition",
    "reports.briefing": "edition",
}
"""By table: the references that lead from a row to its edition, each with its model if its name does not say it."""
TO_COUNTRY: Mapping[str, str] = {
    "dialogues.commitment": "country",
    "dialogues.commitmentcorrection": "commitment country",
    "dialogues.commitmentevent": "commitment country",
    "dialogues.agreedproof": "commitment country",
    "dialogues.agreedproofend": "proof:agreedproof commitment country",
    "dialogues.duedateproposal": "commitment country",
    "dialogues.duedateproposaldecision": "proposal:duedateproposal commitment country",
    "dialogues.evidence": "country",
    "dialogues.evidencereview": "evidence country",
    "dialogues.reading": "indicator country",
    "dialogues.dialogue": "country",
    "dialogues.participant": "dialogue country",
    "dialogues.agendaitem": "dialogue country",
    "dialogues.nextstep": "dialogue country",
    "dialogues.nextstepdone": "step:nextstep dialogue country",
    "dialogues.chosenindicator": "dialogue country",
    "dialogues.chosenindicatorevent": "chosen:chosenindicator dialogue country",
    "dialogues.contribution": "country",
    "dialogues.sustainment": "country",
    "dialogues.internalnote": "country",
    "audit.importedentry": "log:importedlog country",
}
"""Tables whose rows no reference ties to one edition: the references that lead to their country."""
_APPS = {
    "edition": "recommendations", "milestone": "recommendations", "question": "recommendations",
    "recommendation": "recommendations", "benchmark": "recommendations", "indicator": "recommendations",
    "importedlog": "audit",
}  # fmt: skip
_MODELS = {"information_request": "informationrequest"}
_SUPPORTS_ANOTHER = {
    "dialogues.evidence": "dialogues_evidencelink link WHERE link.evidence_id",
    "dialogues.commitment": (
        "dialogues_commitmentbenchmark link WHERE link.removed_in_id IS NULL AND link.commitment_id"
    ),
}
"""A row that supports a benchmark of an edition without a certificate is not disposed of with another edition."""


def _leads_to(label: str, path: str, column: str) -> str:
    """Return SQL: the new row names a row of this table that leads to the certificate's edition or country."""
    steps = path.split()
    joins, last = "", "t"
    for number, step in enumerate(steps[:-1]):
        name, _, model = step.partition(":")
        model = model or _MODELS.get(name, name)
        joins += f" JOIN {_APPS.get(model, 'dialogues')}_{model} t{number} ON t{number}.id = {last}.{name}_id"
        last = f"t{number}"
    key = f"{last}.{steps[-1]}_id" if steps else f"{last}.id"
    return (
        f"EXISTS (SELECT 1 FROM {label.replace('.', '_')} t{joins} "  # noqa: S608
        f'WHERE t.id = NEW."row" AND {key} = e.{column})'
    )


def _supports_no_other(label: str) -> str:
    """Return SQL: the new row names a row that supports no benchmark of an edition that is kept."""
    table, _, condition = _SUPPORTS_ANOTHER[label].partition(" WHERE ")
    return (
        f"(c.is_repeated OR NOT EXISTS (SELECT 1 FROM {table} "  # noqa: S608
        "JOIN recommendations_benchmark b ON b.id = link.benchmark_id "
        "JOIN recommendations_recommendation r ON r.id = b.recommendation_id "
        "LEFT JOIN dialogues_disposalcertificate k ON k.edition_id = r.edition_id "
        f'WHERE k.id IS NULL AND {condition} = NEW."row"))'
    )


def _of_certificate() -> str:
    """Return SQL over the certificate (c), its edition (e) and the new row: the row may be disposed of with it."""
    cases = {label: _leads_to(label, path, "id") for label, path in TO_EDITION.items()}
    cases |= {label: _leads_to(label, path, "country_id") for label, path in TO_COUNTRY.items()}
    for label in _SUPPORTS_ANOTHER:
        cases[label] += f" AND {_supports_no_other(label)}"
    for label in ("dialogues.updateversion", "dialogues.updateversiondecision"):
        to_update = "update" if label.endswith("version") else "update_version:updateversion update"
        cases[label] = "({} OR {})".format(
            _leads_to(label, f"{to_update} commitment country", "country_id"),
            _leads_to(label, f"{to_update} information_request edition", "id"),
        )
    cases["dialogues.evidencefile"] = (
        '(EXISTS (SELECT 1 FROM dialogues_evidence t WHERE t.file_id = NEW."row" AND t.country_id = e.country_id) OR '
        "EXISTS (SELECT 1 FROM dialogues_dialoguefile t JOIN dialogues_dialogue t0 ON t0.id = t.dialogue_id "
        'WHERE t.file_id = NEW."row" AND t0.country_id = e.country_id))'
    )
    cases["audit.auditdetail"] = (
        "EXISTS (SELECT 1 FROM audit_auditdetail t JOIN audit_auditentry t0 ON t0.id = t.entry_id "
        'WHERE t.id = NEW."row" AND (t0.country_id = e.country_id '
        "OR t0.country_id IS NULL AND t0.\"table\" = 'dialogues.evidencefile'))"
    )
    listed = " ".join(f"WHEN '{label}' THEN {case}" for label, case in sorted(cases.items()))
    return f'CASE NEW."table" {listed} ELSE 1 = 0 END'


def _trigger() -> tuple[str, str, str, str]:
    of_another = f"""
NOT EXISTS (
    SELECT 1 FROM dialogues_disposalcertificate c JOIN recommendations_edition e ON e.id = c.edition_id
    WHERE c.id = NEW.certificate_id AND {_of_certificate()}
)
"""  # noqa: S608
    sentence = "A certificate names only rows of its edition"
    return "dialogues.disposalrow", "refuse_row_of_another_edition", of_another, sentence


def refuse_rows_of_other_editions() -> RefuseInsert:
    """Return the operation that creates the trigger."""
    return RefuseInsert(*_trigger())


def lift_refusal_of_other_rows() -> LiftRefuseInsert:
    """Return the operation that removes the trigger until the end of a migration."""
    return LiftRefuseInsert(*_trigger())
