"""`manage.py configure` as an operator runs it: with answers, in a script, and again where a file is there."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from io import StringIO
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from dotenv import dotenv_values

from tests.certificates import make_certificate
from tests.deployment.container import compose
from tiptracker.configuration.targets import CONTAINERS, DECLARED, MAY_BE_EMPTY, SYSTEMD
from tiptracker.environment import MAY_BE_SET, REQUIRED

HOST = "tip.example.gov"
ANSWERS = {
    "ALLOWED_HOSTS": HOST,
    "TLS_CERTIFICATE": "",
    "TLS_KEY": "",
    "EMAIL_HOST": "smtp.example.gov",
    "EMAIL_PORT": "",
    "EMAIL_USE_TLS": "",
    "EMAIL_HOST_USER": "post",
    "EMAIL_HOST_PASSWORD": 'pa$$ "x" #y',
    "DEFAULT_FROM_EMAIL": "",
}
GENERATED = ("SECRET_KEY", "DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD", "REDIS_PASSWORD")


@pytest.fixture
def folder(tmp_path):
    """The folder of docker-compose.yml, with a certificate."""
    make_certificate(tmp_path / "tls", name=HOST)
    return tmp_path


@dataclass
class Run:
    """What a run of the command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str = ""


def configure(folder, *arguments, answers="", systemd=False):
    """Run the command in this process, with `answers` typed, and return what it printed."""
    where = ["--systemd", "--file", folder / "environment"] if systemd else ["--file", folder / ".env"]
    out = StringIO()
    with patch("sys.stdin", StringIO(answers)):
        try:
            call_command("configure", *map(str, [*where, *arguments]), stdout=out)
        except CommandError as error:
            return Run(1, out.getvalue(), str(error))
    return Run(0, out.getvalue())


def write(folder, *arguments, **more):
    """Run the command and return the settings that it wrote."""
    done = configure(folder, *arguments, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return values_of(folder / ("environment" if more.get("systemd") else ".env"))


def values_of(path):
    return dict(dotenv_values(path, interpolate=False))


def given(**changed):
    return [f"{name}={value}" for name, value in (ANSWERS | changed).items() if value]


def typed(**changed):
    return "".join(f"{value}\n" for value in (ANSWERS | changed).values())


def refusal(folder, *arguments, **more):
    """Run the command, which has to write nothing, and return the reason that it gives."""
    before = sorted(folder.iterdir())
    done = configure(folder, *arguments, **more)
    assert done.returncode == 1, done.stdout
    assert sorted(folder.iterdir()) == before
    return done.stderr


# --- A new file -------------------------------------------------------------------------------------------------------


def test_without_any_settings_answers_become_a_file_that_only_its_owner_reads(folder):
    """In a process of its own, with none of the declared variables."""
    environment = {name: value for name, value in os.environ.items() if name not in DECLARED}
    done = subprocess.run(
        [sys.executable, "manage.py", "configure", "--file", folder / ".env"],
        env=environment | {"VAR_DIR": str(folder)}, cwd=settings.BASE_DIR, input=typed(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    values = values_of(folder / ".env")
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    expected = ANSWERS | {
        "TLS_CERTIFICATE": "tls/certificate.pem",
        "TLS_KEY": "tls/key.pem",
        "EMAIL_PORT": "587",
        "EMAIL_USE_TLS": "true",
        "DEFAULT_FROM_EMAIL": f"tip-tracker@{HOST}",
    }
    assert {name: values[name] for name in expected} == expected
    assert values.keys() - expected.keys() == set(GENERATED)
    assert done.stdout.endswith("docker compose up --build --detach\n")
    assert [name for name in GENERATED if values[name] in done.stdout] == []
    assert ANSWERS["EMAIL_HOST_PASSWORD"] not in done.stdout


def test_docker_and_a_shell_read_every_value_as_it_was_typed(folder):
    write(folder, answers=typed())
    values = values_of(folder / ".env")

    shell = subprocess.run(
        ["sh", "-c", f'. {folder}/.env; printf "%s" "$EMAIL_HOST_PASSWORD"'], capture_output=True, text=True, check=True
    )
    read = subprocess.run(
        ["docker-compose", "--env-file", folder / ".env", "--file", settings.BASE_DIR / "docker-compose.yml", "config"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert shell.stdout == ANSWERS["EMAIL_HOST_PASSWORD"]
    assert read.returncode == 0, read.stderr
    # In what it prints, Docker doubles each dollar sign.
    assert "EMAIL_HOST_PASSWORD: 'pa$$$$ \"x\" #y'" in read.stdout or 'pa$$$$ "x" #y' in read.stdout.replace('\\"', '"')
    assert f"postgres://tiptracker_app:{values['DATABASE_PASSWORD']}@db:5432/tiptracker" in read.stdout


def test_two_installations_share_no_secret(tmp_path):
    folders = [tmp_path / "one", tmp_path / "other"]
    for each in folders:
        each.mkdir()
        make_certificate(each / "tls", name=HOST)
    one, other = (write(each, "--non-interactive", *given()) for each in folders)

    assert [name for name in GENERATED if one[name] == other[name]] == []
    assert len({one[name] for name in GENERATED}) == len(GENERATED)


@pytest.mark.parametrize(
    ("name", "wrong", "reason"),
    [
        ("ALLOWED_HOSTS", "https://tip.example.gov", "without https://"),
        ("ALLOWED_HOSTS", "tip.example.gov:8443", "without a port"),
        ("ALLOWED_HOSTS", "*", "Write the names that people use"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is missing"),
        ("EMAIL_HOST", "smtp example", "is not the name of a host"),
        ("EMAIL_PORT", "smtp", "is not a whole number from 1 to 65535"),
        ("EMAIL_USE_TLS", "perhaps", "is not true or false"),
        ("EMAIL_HOST_PASSWORD", "it's", "cannot hold '"),
        ("DEFAULT_FROM_EMAIL", "nobody", "is not an e-mail address"),
    ],
)
def test_a_wrong_answer_is_refused_at_once_and_asked_for_again(folder, name, wrong, reason):
    lines = list(ANSWERS.values())
    lines.insert(list(ANSWERS).index(name), wrong)

    done = configure(folder, answers="".join(f"{line}\n" for line in lines))

    assert done.returncode == 0, done.stderr
    assert reason in done.stdout
    assert values_of(folder / ".env")[name] != wrong


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["EMAIL_PORT=smtp"], "EMAIL_PORT: “smtp” is not a whole number from 1 to 65535."),
        (["SECRET_KEY=short"], "SECRET_KEY, and each of SECRET_KEY_FALLBACKS, has to be 50 or more random characters."),
        (["DATABASE_PASSWORD=short"], "DATABASE_PASSWORD: its value is not 12 or more letters and digits."),
        (["PUBLIC_URL=https://other.example.org"], "has to be one that ALLOWED_HOSTS names"),
        (["PUBLIC_URL=http://tip.example.gov"], "does not begin with https://"),
        (["ALLOWED_HOSTS=.example.gov"], "PUBLIC_URL is missing"),
        (["WEB_THREADS=0"], "WEB_THREADS"),
        (["EMAIL_HOSTT=smtp.example.gov"], "No variable is called EMAIL_HOSTT."),
        (["tip.example.gov"], "“tip.example.gov” is no setting. Write it as NAME=VALUE."),
        (["--answers", "/nowhere"], "/nowhere: No such file or directory."),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_nothing_is_written(folder, arguments, reason):
    assert reason in refusal(folder, "--non-interactive", *given(), *arguments)


def test_a_value_that_nobody_gave_is_named(folder):
    assert "EMAIL_HOST is missing" in refusal(folder, "--non-interactive", f"ALLOWED_HOSTS={HOST}")


def test_answers_that_end_too_early_write_nothing(folder):
    assert "There is no answer for EMAIL_HOST." in refusal(folder, answers=f"{HOST}\n\n\n")


def test_a_folder_that_is_not_there_is_named(folder):
    done = configure(folder / "other", "--non-interactive", *given())

    assert f"The folder {folder / 'other'} is not there." in done.stderr


def test_answers_of_a_file_stand_in_no_command_line(folder):
    (folder / "answers").write_text("".join(f"{name}='{value}'\n" for name, value in ANSWERS.items() if value))

    values = write(folder, "--non-interactive", "--answers", folder / "answers")

    assert values["EMAIL_HOST_PASSWORD"] == ANSWERS["EMAIL_HOST_PASSWORD"]


# --- The certificate --------------------------------------------------------------------------------------------------


def test_a_certificate_that_browsers_would_refuse_is_refused(folder):
    tls = folder / "tls"
    make_certificate(tls, name="other.example.gov")
    other_name = refusal(folder, "--non-interactive", *given())
    make_certificate(tls, name="*.example.gov")
    wildcard = configure(folder, "--non-interactive", *given())
    (folder / ".env").unlink()
    make_certificate(tls, name=HOST, days=-1)
    expired = refusal(folder, "--non-interactive", *given())
    kept = (tls / "key.pem").read_bytes()
    make_certificate(tls, name=HOST)
    (tls / "key.pem").write_bytes(kept)
    other_key = refusal(folder, "--non-interactive", *given())
    (tls / "key.pem").unlink()
    missing = refusal(folder, "--non-interactive", *given())

    assert f"tls/certificate.pem is not for {HOST}." in other_name
    assert wildcard.returncode == 0
    assert "tls/certificate.pem expired on" in expired
    assert "tls/key.pem is not the key of" in other_key
    assert "tls/key.pem is not there." in missing


def test_a_key_that_the_proxy_cannot_read_is_named_with_the_command(folder):
    (folder / "tls" / "key.pem").chmod(0o600)

    assert "Run: chown 33 tls/key.pem" in refusal(folder, "--non-interactive", *given())


def test_a_wrong_certificate_is_asked_for_again(folder):
    make_certificate(folder / "spare", name=HOST)
    make_certificate(folder / "tls", name="other.example.gov")
    values = list(ANSWERS.values())
    answers = "".join(
        f"{line}\n" for line in [HOST, "spare/certificate.pem", "tls/key.pem", "spare/key.pem", *values[3:]]
    )

    done = configure(folder, answers=answers)

    assert "tls/key.pem is not the key of" in done.stdout
    assert done.returncode == 0, done.stderr


def test_in_a_container_a_certificate_elsewhere_is_not_looked_for(folder):
    elsewhere = ["TLS_CERTIFICATE=/etc/tls/certificate.pem", "TLS_KEY=/etc/tls/key.pem"]

    values = write(folder, "--in-container", "--non-interactive", *given(), *elsewhere)

    assert values["TLS_KEY"] == "/etc/tls/key.pem"


# --- A file that is there ---------------------------------------------------------------------------------------------


def test_run_again_it_keeps_everything_and_asks_nothing(folder):
    before = write(folder, answers=typed())

    again = configure(folder)

    assert again.returncode == 0
    assert "Nothing changes" in again.stdout
    assert values_of(folder / ".env") == before


def test_run_again_it_asks_only_for_what_is_missing_and_keeps_comments(folder):
    path = folder / ".env"
    before = write(folder, answers=typed())
    kept = [line for line in path.read_text().splitlines() if not line.startswith(("EMAIL_HOST=", "REDIS_PASSWORD="))]
    path.write_text("\n".join(["# ours", *kept]))

    done = configure(folder, answers="mail.example.gov\nyes\n")

    assert done.returncode == 0, done.stderr
    assert re.findall(r"(?m)^([A-Z_]+)(?: \[.*?\])?: ", done.stdout) == ["EMAIL_HOST"]
    values = values_of(path)
    assert values["EMAIL_HOST"] == "mail.example.gov"
    assert len(values["REDIS_PASSWORD"]) == 32
    for name in before.keys() - {"EMAIL_HOST", "REDIS_PASSWORD"}:
        assert values[name] == before[name]
    assert path.read_text().startswith("# ours\n")


def test_a_change_is_shown_and_written_only_with_consent(folder):
    before = write(folder, answers=typed())

    refused = configure(folder, "EMAIL_PORT=25", answers="no\n")
    script = configure(folder, "EMAIL_PORT=25", "--non-interactive")
    unchanged = values_of(folder / ".env")
    agreed = configure(folder, "EMAIL_PORT=25", answers="yes\n")
    by_script = configure(folder, "EMAIL_PORT=465", "--non-interactive", "--yes")

    assert "EMAIL_PORT: 25 (before: 587)" in refused.stdout
    assert (refused.returncode, script.returncode) == (1, 1)
    assert "Add --yes" in script.stderr
    assert unchanged == before
    assert (agreed.returncode, by_script.returncode) == (0, 0)
    assert values_of(folder / ".env") == before | {"EMAIL_PORT": "465"}


def test_a_new_key_is_refused_because_it_would_lock_people_out(folder):
    write(folder, answers=typed())

    done = configure(folder, f"SECRET_KEY={'another-key-' * 6}", "--non-interactive", "--yes")

    assert "Replace SECRET_KEY" in done.stderr


def test_a_wrong_value_of_the_file_is_named_and_an_unknown_name_is_noted(folder):
    write(folder, answers=typed())
    with (folder / ".env").open("a") as file:
        file.write("WEB_THREADS=many\nEMAIL_HOSTT=x\nCOMPOSE_PROJECT_NAME=tip\n")

    done = configure(folder)

    assert ".env: WEB_THREADS: “many” is not a whole number from 1 to 64." in done.stderr
    assert "no variable is called EMAIL_HOSTT" in done.stdout
    assert "COMPOSE_PROJECT_NAME" not in done.stdout


# --- Without containers -----------------------------------------------------------------------------------------------


def test_for_systemd_it_writes_all_settings_and_keeps_the_owners_password_apart(folder):
    values = write(folder, "--non-interactive", *given(TLS_CERTIFICATE="", TLS_KEY=""), systemd=True)
    owner = values_of(folder / "owner")

    assert stat.S_IMODE((folder / "owner").stat().st_mode) == 0o600
    assert values["DATABASE_URL"] == f"postgres://tiptracker_app:{owner['DATABASE_PASSWORD']}@127.0.0.1:5432/tiptracker"
    password = owner["DATABASE_OWNER_PASSWORD"]
    assert owner["DATABASE_URL"] == f"postgres://tiptracker_owner:{password}@127.0.0.1:5432/tiptracker"
    assert password not in (folder / "environment").read_text()
    assert "TLS_CERTIFICATE" not in values
    assert values["SECURE"] == "true"
    again = configure(folder, systemd=True)
    assert "Nothing changes" in again.stdout


def test_for_systemd_another_database_keeps_its_address_for_both_roles(folder):
    address = "DATABASE_URL=postgres://tiptracker_app:a-long-password@db.example.gov:5433/tip"
    write(folder, "--non-interactive", *given(TLS_CERTIFICATE="", TLS_KEY=""), address, systemd=True)

    owner = values_of(folder / "owner")
    assert owner["DATABASE_PASSWORD"] == "a-long-password"
    assert owner["DATABASE_URL"].endswith("@db.example.gov:5433/tip")


# --- What is asked for ------------------------------------------------------------------------------------------------


def test_everything_that_docker_compose_yml_demands_is_asked_for_or_generated():
    demanded = set(re.findall(r"\$\{(\w+):\?", (settings.BASE_DIR / "docker-compose.yml").read_text()))
    filled_in = {variable.name for variable in (*CONTAINERS.asked, *CONTAINERS.generated)} - MAY_BE_EMPTY

    assert demanded == {variable.name for variable in REQUIRED.variables}
    assert demanded <= filled_in
    assert {variable.name for section in MAY_BE_SET for variable in section.variables} >= filled_in - demanded


def test_for_systemd_it_sets_what_the_containers_set():
    in_containers = compose(**dict.fromkeys(demanded_names(), "x"))["web"]["environment"]
    fixed = {name for name, value in in_containers.items() if value is not None}
    written = {variable.name for variable in (*SYSTEMD.asked, *SYSTEMD.generated)} | {
        *SYSTEMD.set_always,
        "DATABASE_URL",
    }

    assert fixed - {"WEB_URL"} <= written  # its default fits one machine
    assert (in_containers["OPERATED_BY"], SYSTEMD.set_always["OPERATED_BY"]) == ("compose", "systemd")


def demanded_names():
    return [variable.name for variable in REQUIRED.variables]
