"""Rules about the code itself: how rows are read, who asks the clock, what is kept, what is named after what.

Who may import whom stands in pyproject.toml, as contracts of import-linter.
"""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, UniqueConstraint
from django.urls import URLPattern, get_resolver

from recommendations.edition_context import redirect_to_edition
from tests.append_only import APPEND_ONLY, PARTLY_FIXED
from tests.edition_urls import edition_url_names
from tests.test_replaced_phrases import REPLACED_PHRASES
from tiptracker.audit.append_only import AppendOnly, HoldColumns, LiftRefuseInsert, RefuseInsert
from tiptracker.former_names import FIELDS, current_label

PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports")
MAX_LINES = 500


def source_files(*patterns, unless=()):
    """The packages' Python files whose path matches one of `patterns`, as paths from the top."""
    found = [
        path.relative_to(settings.BASE_DIR)
        for package in PACKAGES
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if "node_modules" not in path.parts and "migrations" not in path.parts
    ]
    for pattern in (*patterns, *unless):
        assert any(path.match(pattern) for path in found), f"{pattern} matches no file"

    return sorted(
        path
        for path in found
        if any(path.match(pattern) for pattern in patterns) and not any(path.match(pattern) for pattern in unless)
    )


def violations(paths, check):
    """What `check` finds, by path; where it finds nothing, the path is left out."""
    assert paths
    return {str(path): found for path in paths if (found := list(check(path)))}


@cache
def parse_file(path):
    whole = ast.parse((settings.BASE_DIR / path).read_text())
    for node in ast.walk(whole):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    return whole


def find_nodes(path, *kinds):
    return [node for node in ast.walk(parse_file(path)) if isinstance(node, kinds)]


def dotted_name(node):
    """The name a call or attribute is written with: "clock.now"; empty for anything more involved."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted_name(node.value)):
        return f"{before}.{node.attr}"
    return ""


# --- Imports ----------------------------------------------------------------------------------------------------------


def import_circle(graph):
    """The modules of one import circle in `graph`, or none."""
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_imports_itself_by_way_of_others():
    """Imports inside functions count too. Those for type checkers alone don't."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    assert import_circle(graph) == []

    graph.add_import(importer="dialogues.choices", imported="reports.urls")
    assert import_circle(graph) != []


# --- Names ------------------------------------------------------------------------------------------------------------

MAX_MODULES = 3
"""In so many modules a public function may have the same name."""
NAMES_OF_FRAMEWORKS = {"Command", "main"}
"""Classes and functions that Django or Python looks for by this name."""


def public_names(kind):
    """By public name: the modules that define a class or a function (`kind`, an AST node) of that name."""
    found = {}
    for path in source_files("*.py"):
        for node in parse_file(path).body:
            if isinstance(node, kind) and not node.name.startswith("_") and node.name not in NAMES_OF_FRAMEWORKS:
                found.setdefault(node.name, set()).add(str(path))
    return found


def test_a_public_class_name_is_used_once():
    assert {name: modules for name, modules in public_names(ast.ClassDef).items() if len(modules) > 1} == {}


def test_a_public_function_name_is_used_in_few_modules():
    found = {name: modules for name, modules in public_names(ast.FunctionDef).items() if len(modules) > MAX_MODULES}

    assert found == {}


REPLACED = REPLACED_PHRASES | {
    r"\bkept runs?\b": "stored run",
    r"\bladders?\b|\brungs?\b": "steps in order; groups of steps",
    r"\blean\b": "what is left out",
    r"\bmend(?:er|ing)?\b": "correct; join",
    r"\bpress for\b|\bpressing\b": "follow up",
    r"\bstandpoints?\b": "moment of the record",
    r"\bwhole\b(?! number)|\bwholly\b": "what it is all of",
    r"\bword on\b": "review",
}
"""Words of earlier names → those of today: the phrases that pages no longer say, and more that only code had."""
NAMES_OF_THE_API = {*FIELDS, "levers"}
"""Its former names, and a name that it keeps."""


def identifiers(path):
    """Every name that a module defines, uses or passes."""
    for node in find_nodes(path, ast.AST):
        for field in ("id", "attr", "name", "asname", "arg"):
            if isinstance(name := getattr(node, field, None), str):
                yield name


def words_of_today(name):
    """What to say instead of the replaced words of a name, such as "press for" of `press_for_first` or `PressFor`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()
    return [today for pattern, today in REPLACED.items() if re.search(pattern, words)]


def test_names_use_the_words_of_today():
    def replaced_words(path):
        names = set(identifiers(path)) - NAMES_OF_THE_API
        return [(name, today) for name in sorted(names) if (today := words_of_today(name))]

    assert words_of_today("_PressForFirst") == words_of_today("PRESS_FOR") == ["follow up"]
    assert violations(source_files("*.py"), replaced_words) == {}


# --- Rows -------------------------------------------------------------------------------------------------------------

FILES_WITH_READERS = source_files(
    "views.py",
    "views/*.py",
    "api.py",
    "api/*.py",
    "briefings/*.py",
    "briefings/word/*.py",
    "spreadsheets.py",
    "edition_context.py",
    "navigation.py",
    "web/pages.py",
)
GUARDED_MODELS = {model.__name__ for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")}


def is_correlated(node):
    """Whether it stands in a subquery on the rows of an outer query, which decides what is seen."""
    while not isinstance(node, ast.stmt):
        node = node.parent
    return any(isinstance(part, ast.Name) and part.id == "OuterRef" for part in ast.walk(node))


def unguarded_queries(path):
    for node in find_nodes(path, ast.Attribute):
        if node.attr in {"objects", "_default_manager", "_base_manager"} and dotted_name(node.value) in GUARDED_MODELS:
            following = getattr(node.parent, "attr", "")
            if following not in {"visible_to", "none"} and not is_correlated(node):
                yield node.lineno
    for call in find_nodes(path, ast.Call):
        if (
            dotted_name(call.func) in {"get_object_or_404", "get_list_or_404"}
            and dotted_name(call.args[0]) in GUARDED_MODELS
        ):
            yield call.lineno


def test_rows_are_read_through_visible_to():
    assert violations(FILES_WITH_READERS, unguarded_queries) == {}


def test_every_model_of_the_record_says_who_sees_its_rows():
    """Those that don't are parts of a row that does, and are reached from it, or nobody reads them (LockOutCount)."""
    parts = {
        "AccountRequestStep", "AgendaItem", "AgreedProofEnd", "AnswerCitation", "AnswerEvent", "AnswerSentence",
        "AssessmentEvidence", "Backup", "BriefingDownload",
        "ChosenIndicatorEvent",
        "CommitmentBenchmark", "CommitmentEvent", "DisposalDecline", "DisposalRow",
        "District", "DueDateProposalDecision", "FileScan", "HandoverItem",
        "HandoverStep", "InternalNoteDone", "Job", "LineAnswer", "LockOutCount", "LogVerification",
        "NextStepDone", "OfficeHolder", "PartFailure", "Participant", "PostExport", "ReadingPart", "RecordVersion",
        "RecommendationWeight", "RedactionDecision", "RedactionFile", "RedactionPlace", "RequestEvent", "RequestLine",
        "RetentionHoldRelease", "SendKey", "ServiceHeartbeat",
        "UpdateVersionDecision",
    }  # fmt: skip
    own = {model.__name__ for model in apps.get_models() if model.__module__.startswith(PACKAGES)}

    assert own - GUARDED_MODELS == parts


# --- The clock --------------------------------------------------------------------------------------------------------

INTERFACES = (
    "**/views.py", "**/views/*.py", "**/api.py", "**/api/*.py", "**/tasks.py", "**/commands/*.py",
    "**/request_params.py",
)  # fmt: skip
MACHINE_TIME_FILES = (
    "tiptracker/clock.py", "tiptracker/jobs/actions.py", "tiptracker/mail/actions.py", "tiptracker/audit/actions.py",
    # Sessions and links end by the real clock, in a demonstration too; accounts and tokens with a day of the domain's.
    "tiptracker/accounts/adapter.py", "tiptracker/accounts/backend.py", "tiptracker/accounts/sessions.py",
    "tiptracker/accounts/tokens.py", "tiptracker/lock_outs/backend.py",
    # What files took of the processor is counted by the machine's own hour.
    "tiptracker/sandbox/sandbox.py",
    # How old a file of this machine is.
    "tiptracker/infrastructure/watchdog.py",
    # Whether a certificate is valid.
    "tiptracker/configuration/certificates.py",
    # When the schedule last worked.
    "tiptracker/operations/schedule.py",
)  # fmt: skip
PAGE_FRAME_FILES = (
    "tiptracker/web/pages.py", "tiptracker/api/kept_lists.py", "recommendations/edition_context.py",
    "recommendations/kept_pages.py", "recommendations/navigation.py", "recommendations/waiting_tasks.py",
)  # fmt: skip
CLOCK_CALLS = {
    "clock.now", "clock.today", "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time",
    "timezone.now",
}  # fmt: skip
CLOCK_CALLS_WITHOUT_ARGUMENTS = {"timezone.localtime", "timezone.localdate"}


def clock_calls(path):
    for call in find_nodes(path, ast.Call):
        name = dotted_name(call.func)
        if name in CLOCK_CALLS or (name in CLOCK_CALLS_WITHOUT_ARGUMENTS and not call.args):
            yield call.lineno, name


def test_only_interfaces_ask_the_clock():
    below = source_files("*.py", unless=(*INTERFACES, *MACHINE_TIME_FILES, *PAGE_FRAME_FILES))

    assert violations(below, clock_calls) == {}


def test_interfaces_ask_the_domains_clock_not_the_machines():
    def other_clocks(path):
        return [call for call in clock_calls(path) if not call[1].startswith("clock.")]

    interfaces = [path for path in source_files("*.py", unless=("demo.py",)) if any(path.match(p) for p in INTERFACES)]

    assert violations(interfaces, other_clocks) == {}


# --- What is kept -----------------------------------------------------------------------------------------------------


def full_name(app_label, model_name):
    """ "audit.auditdetail" as it stands; "evidence" with the app of its migration before it."""
    return (model_name if "." in model_name else f"{app_label}.{model_name}").lower()


def operations(kind):
    """The operations of `kind` in all migrations, in the order of their names, each with its model of today."""
    return [
        (apps.get_model(current_label(full_name(label, operation.model_name))), operation)
        for (label, _), migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items())
        for operation in migration.operations
        if isinstance(operation, kind)
    ]


def live_triggers():
    """Table and name of each trigger in the database that the tests run on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
            )
        else:
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        return set(cursor.fetchall())


def test_exactly_the_listed_models_are_append_only():
    assert {model for model, _ in operations(AppendOnly)} == set(APPEND_ONLY)


@pytest.mark.django_db
@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_the_live_database_has_the_triggers_of_every_append_only_table(model):
    table = model._meta.db_table
    names = (
        {"append_only", "append_only_truncate"}
        if connection.vendor == "postgresql"
        else {f"{table}_append_only", f"{table}_append_only_delete"}
    )

    assert {(table, name) for name in names} <= live_triggers()


@pytest.mark.django_db
def test_the_live_database_has_every_trigger_that_refuses_rows():
    wanted = set()
    for model, operation in operations(RefuseInsert):
        change = wanted.discard if isinstance(operation, LiftRefuseInsert) else wanted.add
        change((model._meta.db_table, operation.name))

    assert wanted
    assert wanted <= live_triggers()


@pytest.mark.django_db
def test_the_live_database_holds_the_columns_that_are_to_stay():
    tables = {model._meta.db_table for model, _ in operations(HoldColumns)}
    assert {model for model, _ in operations(HoldColumns)} == set(PARTLY_FIXED)
    wanted = {
        (table, "hold_columns" if connection.vendor == "postgresql" else f"{table}_hold_columns") for table in tables
    }

    assert wanted
    assert wanted <= live_triggers()


# --- Locks ------------------------------------------------------------------------------------------------------------


def strong_locks(path):
    for call in find_nodes(path, ast.Call):
        is_weak = any(word.arg == "no_key" and getattr(word.value, "value", None) is True for word in call.keywords)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "select_for_update" and not is_weak:
            yield call.lineno


def test_rows_are_locked_without_their_keys():
    """Else whoever adds a row that refers to one waits, and may hold what the locker wants next: a deadlock."""
    assert violations(source_files("*.py"), strong_locks) == {}


UNCHANGED_KEYS = {
    "accounts.country": {"code"},
    "audit.auditentry": {"hash", "number"},
    "dialogues.answersentence": {"version", "position"},
    "dialogues.answerversion": {"question", "number"},
    "dialogues.contribution": {"corrects"},
    "dialogues.disposalcertificate": {"disposal", "edition"},
    "dialogues.evidence": {"revises"},
    "mail.mail": {"message_id"},
    "recommendations.benchmark": {"recommendation", "letter"},  # an import alone moves one, and holds its edition
    "recommendations.edition": {"country", "year"},
    "recommendations.indicator": {"country", "name"},
    "dialogues.evidencelink": {"evidence", "benchmark"},
    "dialogues.lawentry": {"replaces"},
    "dialogues.update": {"commitment", "information_request", "number"},
    "dialogues.updateversion": {"update", "number"},
}


def referable_fields(model):
    """The fields besides the primary key by which a row could be referred to, as PostgreSQL sees it."""
    keys = {field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            columns = constraint.expressions or [F(name) for name in constraint.fields]
            keys |= {column.name for column in columns} if all(isinstance(column, F) for column in columns) else set()
    return keys


def test_no_key_of_a_row_that_others_refer_to_ever_changes():
    """Else changing it waits for all who refer to the row: make it unique by an expression, which is no key."""
    keyed = {
        model._meta.label_lower: referable_fields(model)
        for model in apps.get_models()
        if model.__module__.startswith(PACKAGES) and model._meta.related_objects and referable_fields(model)
    }

    assert keyed == UNCHANGED_KEYS


# --- Pages ------------------------------------------------------------------------------------------------------------

TEMPLATES = settings.BASE_DIR / "templates"


def page_views():
    """Name and view of every address that is no part of the API or allauth.

    Without those that lead on to an edition: they go by the name of the page they lead to.
    """
    found = []

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                is_page = hasattr(pattern.callback, "__name__") and pattern.callback is not redirect_to_edition
                if pattern.callback.__module__.startswith(PACKAGES) and is_page:
                    found.append((pattern.name, pattern.callback))
            elif not str(pattern.pattern).startswith("api/"):
                walk(pattern.url_patterns)

    walk(get_resolver().url_patterns)
    return found


def test_addresses_are_named_after_their_views():
    assert [(name, view.__name__) for name, view in page_views() if name != view.__name__] == []


def test_no_page_leads_to_a_page_of_an_edition_without_saying_which():
    """… else it would lead on to the edition at hand from the pages of another: `edition_url`, or `page_url`.

    The first page and a mail with notices belong to no edition, so they lead to the one at hand.
    """
    without_edition = ("tiptracker/web/pages.py", "tiptracker/notifications/digest.py")
    names = "|".join(edition_url_names())
    written = {
        "{% url 'dashboard' %}": (rf"""{{% url ["']({names})["']""", TEMPLATES.rglob("*.html")),
        'reverse("dashboard")': (
            rf"""\b(?:reverse|redirect)\(["']({names})["']""",
            [settings.BASE_DIR / path for path in source_files("*.py")],
        ),
    }

    for way, (pattern, paths) in written.items():
        assert re.search(pattern, way)
        found = {str(path): re.findall(pattern, path.read_text()) for path in paths}
        assert {path: names for path, names in found.items() if names and not path.endswith(without_edition)} == {}


def test_templates_are_named_after_a_view_or_are_part_of_one():
    named = {name for name, _ in page_views()}
    used = set()
    for path in (*TEMPLATES.rglob("*.html"), *(settings.BASE_DIR / path for path in source_files("*.py"))):
        used |= set(re.findall(r"""["']([\w/]+\.html)(?:#\w+)?["']""", path.read_text()))
    strangers = [
        str(template)
        for path in TEMPLATES.rglob("*.html")
        for template in [path.relative_to(TEMPLATES)]
        if template.parts[0] in PACKAGES and template.stem not in named and str(template) not in used
    ]

    assert strangers == []


# --- Lateness ---------------------------------------------------------------------------------------------------------

OVERDUE_RULE_FILES = (
    "dialogues/commitment_status.py",
    "dialogues/models/commitments.py",
    "dialogues/request_status.py",
)
"""The rule of what is overdue, its twin in SQL, and the same rule for requests for information."""
DAY_NAMES = {"today", "day", "as_of", "now"}
ORDER_OPERATORS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
OTHER_DUE_DATE_FILES = {
    "dialogues/actions/due_dates.py": "proposed due dates",
    "dialogues/actions/information_requests.py": "new due dates",
    "dialogues/views/follow_up.py": "next steps",
    "reports/briefings/dialogue.py": "next steps",
    "reports/readiness/checks.py": "milestones",
    "reports/calendar/trend_events.py": "milestones",
    "reports/sentences.py": "milestones",
    "reports/calendar/year.py": "milestones",
}
"""Who may ask by how much a due day is past: of what no update can wait."""


def last_name(node):
    """The last name of what is written: "due_on" of `one.standing.due_on`, "date" of `now.date()`, which is a day."""
    if isinstance(node, ast.Call):
        return "today" if last_name(node.func) in ("date", "today") else ""
    return dotted_name(node).rpartition(".")[2] or (node.attr if isinstance(node, ast.Attribute) else "")


def own_overdue_rules(path):
    """Where a due day is compared with the day of asking, or taken from it, other than by the one rule."""
    for node in find_nodes(path, ast.Compare, ast.BinOp):
        if not any(
            isinstance(op, (*ORDER_OPERATORS, ast.Sub)) for op in getattr(node, "ops", [getattr(node, "op", None)])
        ):
            continue
        sides = [node.left, *(node.comparators if isinstance(node, ast.Compare) else [node.right])]
        names = [last_name(side) for side in sides]
        if any(name.endswith(("due_on", "due", "falls_on")) for name in names) and DAY_NAMES & set(names):
            yield ast.unparse(node)
    for node in find_nodes(path, ast.keyword):
        if re.search(r"(due|falls)_on__[lg]te?$", node.arg or "") and last_name(node.value) in DAY_NAMES:
            yield ast.unparse(node)
    for node in find_nodes(path, ast.Call):
        if last_name(node.func) == "days_past_due" and str(path) not in OTHER_DUE_DATE_FILES:
            yield ast.unparse(node)


def test_only_one_rule_says_what_is_overdue():
    """Else a page forgets that an update waits, and calls a ministry overdue while the embassy owes the answer."""
    assert violations(source_files("*.py", unless=OVERDUE_RULE_FILES), own_overdue_rules) == {}


# --- Refusals ---------------------------------------------------------------------------------------------------------

WELL_FORMED_CODE = r"[a-z]+(_[a-z]+){0,3}"
"""One to four words in snake case."""


@cache
def refusal_classes():
    """The definitions of Refused and of all that descends from it, by name."""
    defined = {node.name: node for path in source_files("*.py") for node in find_nodes(path, ast.ClassDef)}
    found = {"Refused": defined["Refused"]}
    while more := {
        name: node
        for name, node in defined.items()
        if name not in found and any(last_name(base) in found for base in node.bases)
    }:
        found |= more
    return found


def takes_code(name):
    """Whether what is called to make this refusal, or one of a class that it comes from, takes the code first."""
    node = refusal_classes()[name]
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            return [argument.arg for argument in method.args.args[1:2]] == ["code"]
    return any(takes_code(last_name(base)) for base in node.bases if last_name(base) in refusal_classes())


def written_codes(path):
    """The codes that are written out where a refusal is made, also by a class that gives all of its own the same."""
    for call in find_nodes(path, ast.Call):
        name = last_name(call.func)
        is_made = name in refusal_classes() and takes_code(name)
        is_made_by_class = name == "__init__" and any(
            call in ast.walk(definition) for definition in refusal_classes().values()
        )
        if (is_made or is_made_by_class) and call.args and isinstance(call.args[0], ast.Constant):
            yield call.args[0].value


def test_the_code_of_a_refusal_is_one_to_four_words():
    def malformed(path):
        return [code for code in written_codes(path) if not re.fullmatch(WELL_FORMED_CODE, code)]

    assert {"required", "future_day", "edit_conflict"} <= set(written_codes(Path("tiptracker/validation.py")))
    assert violations(source_files("*.py"), malformed) == {}


# --- Files ------------------------------------------------------------------------------------------------------------


def test_no_file_has_a_second_one_in_it():
    def too_long(path):
        length = len((settings.BASE_DIR / path).read_text().splitlines())
        return [length] if length > MAX_LINES else []

    assert violations(source_files("*.py"), too_long) == {}


def test_tests_leave_the_triggers_on():
    """What empties tables after a test can't be used here: it would need the triggers off."""

    def emptying(path):
        return re.findall(r"transaction=True|transactional_db|live_server|TransactionTestCase", path.read_text())

    tests = [path for path in (settings.BASE_DIR / "tests").rglob("*.py") if path != Path(__file__)]

    assert violations(tests, emptying) == {}


# --- Files from outside -----------------------------------------------------------------------------------------------

STARTS_PROCESSES = (
    "tiptracker/backups/processes.py",
    "tiptracker/infrastructure/watchdog.py",
    "tiptracker/sandbox/process.py",
    "tiptracker/demo/supervisor.py",
    "tiptracker/configuration/targets.py",
    "tiptracker/infrastructure/watchdog.py",
    "tiptracker/management/commands/demo.py",
)
FILE_PARSERS = ("pikepdf", "pypdfium2", "PIL", "openpyxl", "zipfile", "lxml", "magic")
SANDBOXED_FILES = (
    "dialogues/files/sanitizers/*.py", "dialogues/files/previews/*.py", "dialogues/files/text_extraction/*.py",
    "dialogues/workbook/reader/*.py", "recommendations/importing/readers/*.py",
    "recommendations/importing/tables/*.py",
)  # fmt: skip


def imported_packages(path):
    for node in find_nodes(path, ast.Import, ast.ImportFrom):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        yield from ((node.lineno, name.partition(".")[0]) for name in names)


def test_only_the_sandbox_starts_processes():
    """So that whoever opens a file waits for a turn, and is held to their share."""
    others = source_files("*.py", unless=STARTS_PROCESSES)

    assert (
        violations(others, lambda path: [line for line, name in imported_packages(path) if name == "subprocess"]) == {}
    )


def test_files_from_outside_are_taken_apart_in_confined_processes_alone():
    our_own = (
        "dialogues/lesotho/*.py",
        "reports/*.py",
        "reports/briefings/word/*.py",
        "reports/management/commands/*.py",
    )
    others = source_files("*.py", unless=(*SANDBOXED_FILES, *our_own))

    assert violations(others, lambda path: [each for each in imported_packages(path) if each[1] in FILE_PARSERS]) == {}


# --- Numbers that somebody names --------------------------------------------------------------------------------------

FILES_READING_REQUESTS = source_files(
    "**/views.py", "**/views/*.py", "**/api.py", "**/api/*.py", "**/forms.py", "**/forms/*.py", "tiptracker/*.py",
    "tiptracker/web/*.py", "tiptracker/web/frontend/*.py", "tiptracker/infrastructure/*.py", "tiptracker/demo/*.py",
    "**/tasks.py",
    unless=("tiptracker/numbers.py", "tiptracker/moments.py", "tiptracker/privacy/*.py"),
)  # fmt: skip


def test_a_number_that_somebody_names_is_read_in_one_way():
    """Python refuses to read one of more than 4,300 digits, and a database one of more than 19: both answer 500."""

    def read_otherwise(path):
        for node in find_nodes(path, ast.Attribute):
            if node.attr in {"isdecimal", "isdigit", "isnumeric"}:
                yield node.lineno

    found = violations(FILES_READING_REQUESTS, read_otherwise)

    assert found == {}
