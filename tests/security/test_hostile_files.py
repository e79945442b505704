"""Files that would take much processor time are refused once, with little work, and nobody else waits."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dialogues.files.previews import PreviewError
from dialogues.files.previews.preview_sandbox import draw_page_in_sandbox
from dialogues.files.sanitizers import text
from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox
from dialogues.models import EvidenceFile, UpdateVersion
from dialogues.views.previews import CANNOT_PREVIEW
from recommendations.importing.readers.report_file import read_report
from recommendations.importing.tables import read_table
from tests.authentication import force_sign_in
from tests.deployment.container import dockerfile
from tests.dialogues.sample_files import DOCX, PDF
from tests.factories import (
    CommitmentFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    OfficerFactory,
)
from tests.refusals import refuses
from tests.security import hostile_files as hostile
from tests.tiptracker.web.test_rate_limits import update_data
from tiptracker.errors import Refused, TryLater
from tiptracker.sandbox import process, sandbox, slots
from tiptracker.sandbox.confinement import MAX_CPU_SECONDS
from tiptracker.sandbox.sandbox import Sandbox

PERSON_ID = 7
"""A person, by number."""


@pytest.fixture
def process_results(monkeypatch):
    """How each confined process ended that the test started."""
    ended = []

    def run(*args, **kwargs):
        ended.append(process.run_process(*args, **kwargs))
        return ended[-1]

    monkeypatch.setattr(sandbox, "run_process", run)
    return ended


# --- What a file costs ------------------------------------------------------------------------------------------------

FILES_TO_SANITIZE = {
    "word of empty elements": (hostile.word_of_empty_elements, ".docx", "contains too much to be checked"),
    "word of many parts": (hostile.word_of_many_parts, ".docx", "contains too much to be checked"),
    "word nested": (hostile.word_nested, ".docx", "contains too much to be checked"),
    "word of many pictures": (hostile.word_of_many_pictures, ".docx", "together have more than"),
    "workbook of texts": (hostile.workbook_of_shared_texts, ".xlsx", "contains too much to be checked"),
    "jpeg of many scans": (hostile.jpeg_of_many_scans, ".jpg", "too many layers"),
    "pdf of many objects": (hostile.pdf_of_very_many_objects, ".pdf", "contains too much to be checked"),
    "table of empty cells": (hostile.table_of_empty_cells, ".csv", f"more than {text.MAX_CELLS} cells"),
}


@pytest.mark.parametrize("name", FILES_TO_SANITIZE)
def test_a_file_that_is_more_work_than_it_looks_is_refused_with_little_work(process_results, name):
    made, extension, sentence = FILES_TO_SANITIZE[name]

    with pytest.raises(FileRejected, match=sentence):
        sanitize_file_in_sandbox(made(), extension, run=Sandbox(PERSON_ID))

    assert [ended.code for ended in process_results] == [0]  # it said so itself
    assert process_results[0].seconds < MAX_CPU_SECONDS / 2


@pytest.mark.parametrize(
    ("name", "made"),
    [("page.html", hostile.page_of_tags), ("report.docx", hostile.word_report_of_elements)],
    ids=["page of tags", "word report of elements"],
)
def test_a_report_that_is_more_work_than_it_looks_is_refused_with_little_work(process_results, name, made):
    with pytest.raises(Refused) as caught:
        read_report(name, made(), run=Sandbox(PERSON_ID))

    assert caught.value.code in {"too_many", "too_large"}
    assert [ended.code for ended in process_results] == [0]
    assert process_results[0].seconds < MAX_CPU_SECONDS / 2


def test_a_workbook_of_a_list_that_is_more_work_than_it_looks_is_refused_with_little_work(process_results):
    with refuses("too_large", field="file"):
        read_table(hostile.workbook_of_shared_texts(), run=Sandbox(PERSON_ID))

    assert [ended.code for ended in process_results] == [0]
    assert process_results[0].seconds < MAX_CPU_SECONDS / 2


def test_a_picture_that_takes_too_long_is_given_up_and_not_tried_again_by_anyone(process_results):
    evil = hostile.pdf_with_mesh_shading()
    assert len(evil) < 1000

    with pytest.raises(PreviewError):
        draw_page_in_sandbox(evil, "application/pdf", 1, run=Sandbox(PERSON_ID))
    for page, person in ((1, PERSON_ID), (2, PERSON_ID), (1, PERSON_ID + 1)):
        with pytest.raises(PreviewError):
            draw_page_in_sandbox(evil, "application/pdf", page, run=Sandbox(person))

    assert len(process_results) == 1
    assert process_results[0].code == -signal.SIGXCPU  # it used all the processor time that it may use
    assert process_results[0].seconds < MAX_CPU_SECONDS / 2  # which is less than other work may use
    # Another file is drawn, and this one is still cleaned, which costs nothing.
    assert draw_page_in_sandbox(PDF, "application/pdf", 1, run=Sandbox(PERSON_ID))
    assert sanitize_file_in_sandbox(evil, ".pdf", run=Sandbox(PERSON_ID))


def signed_in_client(person):
    client = Client()
    force_sign_in(client, person)
    return client


# --- The same in pages ------------------------------------------------------------------------------------------------


def mark_failed(content, module="dialogues.files.previews"):
    """The state of a file whose process was ended by its limit."""
    cache.set(sandbox._failure_key(module, (), content), True)


@pytest.mark.django_db
def test_a_preview_that_costs_too_much_gives_way_to_a_sentence_and_the_file_itself(client, process_results):
    file = EvidenceFactory(file=EvidenceFileFactory(content=PDF, media_type="application/pdf")).file
    force_sign_in(client, OfficerFactory())
    page = reverse("evidence_detail", args=[file.evidence.get().pk])
    assert "<img" in client.get(page).text
    mark_failed(PDF)
    process_results.clear()

    shown, picture = client.get(page), client.get(reverse("file_picture", args=[file.pk, 1]))

    assert CANNOT_PREVIEW in shown.text
    assert "<img" not in shown.text
    assert picture.status_code == 409
    assert b"".join(client.get(reverse("evidence_file", args=[file.pk])).streaming_content) == PDF
    assert process_results == []


@pytest.mark.django_db
def test_while_too_many_files_are_opened_what_was_typed_stays_and_no_thread_is_kept(settings):
    settings.SANDBOX_PATIENCE = 0.1
    own = FocalPointFactory()
    promise = CommitmentFactory(ministry=own.ministry)
    client, url = signed_in_client(own), reverse("update_send", args=[promise.pk])
    a_file = {"files": [SimpleUploadedFile("letter.pdf", PDF), SimpleUploadedFile("another.pdf", PDF)]}

    with slots.acquire_slot(settings.SANDBOX_DIR, "process", 1), occupy_slot(settings):
        page = client.post(url, update_data(**a_file))
        program = client.post("/api/v1/updates/", update_data(commitment=promise.pk, **rewind(a_file)))
        draft = client.post(reverse("update_draft", args=[promise.pk]), update_data(**rewind(a_file)))

    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "“letter.pdf” was not attached. The server is opening many files at the moment." in page.text
    assert "We typed this for an hour." in page.text
    assert (program.status_code, program.headers["Retry-After"]) == (503, "60")
    assert (program.json()["code"], program.json()["field"]) == ("server_busy", "files")
    assert draft.status_code == 302  # kept, without the file
    assert (EvidenceFile.objects.count(), UpdateVersion.objects.count()) == (0, 0)
    assert client.post("/api/v1/updates/", update_data(commitment=promise.pk, **rewind(a_file))).status_code == 201


def rewind(files):
    for file in files["files"]:
        file.seek(0)
    return files


def occupy_slot(settings):
    return slots.acquire_slot(settings.SANDBOX_DIR, "process", settings.SANDBOX_PROCESSES)


@pytest.mark.django_db
def test_the_hourly_limit_applies_to_one_person_and_says_when_to_try_again(process_results, settings):
    settings.SANDBOX_SECONDS_PER_HOUR = 1
    own = FocalPointFactory()
    promise = CommitmentFactory(ministry=own.ministry)
    Sandbox(own.pk)._count_usage(1.0)
    client, url = signed_in_client(own), reverse("update_send", args=[promise.pk])

    page = client.post(url, update_data(files=[SimpleUploadedFile("letter.pdf", PDF)]))
    program = client.post(
        "/api/v1/updates/", update_data(commitment=promise.pk, files=[SimpleUploadedFile("letter.pdf", PDF)])
    )

    assert (page.status_code, 0 < int(page.headers["Retry-After"]) <= 3600) == (429, True)
    assert "“letter.pdf” was not attached. You have sent or opened many files in the last hour." in page.text
    assert "We typed this for an hour." in page.text
    assert (program.status_code, program.json()["code"]) == (429, "hourly_share_used")
    assert process_results == []
    assert sanitize_file_in_sandbox(PDF, ".pdf", run=Sandbox(own.pk + 1))


# --- How many at once -------------------------------------------------------------------------------------------------


def test_processor_time_counts_against_the_person_who_opened_the_file(process_results, settings):
    settings.SANDBOX_SECONDS_PER_HOUR = 1000
    sanitize_file_in_sandbox(DOCX, ".docx", run=Sandbox(PERSON_ID))
    sanitize_file_in_sandbox(DOCX, ".docx", run=Sandbox(PERSON_ID))

    spent = sum(ended.seconds for ended in process_results)
    assert spent > 0
    counted = sum(value for value in cache.get_many(share_keys(PERSON_ID)).values())
    assert spent * 1000 <= counted <= spent * 1000 + 2
    assert cache.get_many(share_keys(PERSON_ID + 1)) == {}


def share_keys(person):
    return [Sandbox(person)._usage_key(time.time() - back) for back in (0, 3600)]


@pytest.fixture
def running_processes(monkeypatch):
    """Processes that run until the test releases them, and how many ran at once, by person."""
    gate, begun = threading.Event(), threading.Semaphore(0)
    lock, now, most = threading.Lock(), [0], [0]

    def run(*_, **__):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        begun.release()
        assert gate.wait(30)
        with lock:
            now[0] -= 1
        return process.ProcessResult(b"", "", 0, 0.0)

    monkeypatch.setattr(sandbox, "run_process", run)
    return gate, begun, most


def start_processes(*people, is_job=False):
    answers = []

    def work(person):
        try:
            Sandbox(person, is_job)("dialogues.files.sanitizers", content=b"", timeout_seconds=1)
            answers.append("done")
        except TryLater as refusal:
            answers.append(refusal.status)

    threads = [threading.Thread(target=work, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    return threads, answers


def test_each_person_opens_one_file_at_a_time_and_others_get_their_turn(running_processes, settings):
    settings.SANDBOX_PATIENCE = 0.3
    gate, begun, most = running_processes

    greedy, theirs = start_processes(*[PERSON_ID] * 6)
    assert begun.acquire(timeout=30)
    other, answered = start_processes(PERSON_ID + 1)
    assert begun.acquire(timeout=30)
    for thread in greedy:
        thread.join(0.5)
    gate.set()
    for thread in (*greedy, *other):
        thread.join()

    assert most == [2]
    assert answered == ["done"]
    assert theirs.count("done") == 1
    assert theirs.count(503) == 5


def test_a_request_beyond_the_queue_is_refused_at_once(running_processes, settings):
    """A request that finds all slots taken is refused at once, so its thread is free again."""
    settings.SANDBOX_PATIENCE = 20
    gate, begun, most = running_processes
    waiting, answered = start_processes(*range(1, 4))
    for _ in range(settings.SANDBOX_PROCESSES):
        assert begun.acquire(timeout=30)
    latest = time.monotonic() + 30
    while len(slots_taken(settings, "request")) < 3:
        assert time.monotonic() < latest, answered
        time.sleep(0.01)

    with refuses("server_busy"):
        Sandbox(99)("dialogues.files.sanitizers", content=b"", timeout_seconds=1)

    gate.set()
    for thread in waiting:
        thread.join()
    assert (most, answered) == ([2], ["done"] * 3)


def slots_taken(settings, name):
    """Return the slots that are locked. Trying to lock one would be in the way of the request that looks for it."""
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    locked = {fields[5].rpartition(":")[2] for fields in lines if fields[1] != "->"}  # others wait for a lock
    files = settings.SANDBOX_DIR.glob(f"{name}-*")
    return [int(file.name.removeprefix(f"{name}-")) for file in files if str(file.stat().st_ino) in locked]


def test_requests_that_open_files_leave_threads_for_others(settings):
    command = dockerfile()[""].command
    threads = int(command[command.index("--workers") + 1]) * settings.WEB_THREADS
    places = settings.SANDBOX_PROCESSES + settings.SANDBOX_WAITING

    # One process with its threads is all that a demonstration has.
    assert (places < settings.WEB_THREADS, places * 2 < threads) == (True, True)


def test_a_confined_process_keeps_its_slot_when_its_parent_dies(settings, tmp_path):
    """Otherwise, killing web processes would let too many confined processes run."""
    script = (
        "import runpy, subprocess; from pathlib import Path; slots = runpy.run_path('tiptracker/sandbox/slots.py');"
        f"held = slots['_try_lock_slot'](Path({str(tmp_path)!r}), 'process', 1);"
        "child = subprocess.Popen(['sleep', '60'], pass_fds=[held], stdout=-3, stderr=-3); print(child.pid)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, check=True)
    try:
        with slots.acquire_slot(tmp_path, "process", 1) as place:
            assert place is None
    finally:
        subprocess.run(["kill", done.stdout.split()[-1]], check=True)
    with slots.acquire_slot(tmp_path, "process", 1, timeout_seconds=30) as place:
        assert place is not None


def test_a_process_that_answers_without_end_is_ended(tmp_path):
    ended = process.run_process(
        [sys.executable, "-c", "import sys\nwhile True: sys.stdout.write('x' * 65536)"],
        b"",
        folder=tmp_path,
        timeout_seconds=60,
        max_answer_bytes=1_000_000,
    )

    assert (ended.answer_too_long, ended.timed_out, ended.code) == (True, False, -9)


def test_a_process_that_closes_its_answer_and_stays_is_ended(tmp_path):
    ended = process.run_process(
        [sys.executable, "-c", "import os, time; os.close(1); os.close(2); time.sleep(60)"],
        b"",
        folder=tmp_path,
        timeout_seconds=0.5,
        max_answer_bytes=10,
    )

    assert (ended.timed_out, ended.code) == (True, -9)


def test_a_timeout_on_a_busy_machine_does_not_count_against_the_file(monkeypatch):
    late = process.ProcessResult(b"", "", -9, 0.2, timed_out=True)
    monkeypatch.setattr(sandbox, "run_process", lambda *_, **__: late)

    with refuses("server_busy"):
        Sandbox(PERSON_ID)("dialogues.files.sanitizers", content=b"slow", timeout_seconds=30)

    assert not sandbox.is_known_to_fail("dialogues.files.sanitizers", content=b"slow")


def test_a_confined_process_has_a_lower_priority_than_pages(settings):
    script = "import os; from tiptracker.sandbox.confinement import confine; confine(); print(os.nice(0))"
    done = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, check=True)

    assert int(done.stdout) >= 5
