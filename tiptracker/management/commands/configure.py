"""`manage.py configure`: write the settings of an installation, before there is a key, a database or anything else."""

import getpass
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from dotenv import dotenv_values

from tiptracker.configuration.certificates import find_certificate_faults, find_unreadable_files
from tiptracker.configuration.settings_file import SettingsFile, find_unreadable
from tiptracker.configuration.targets import (
    CONTAINERS,
    DECLARED,
    MAY_BE_EMPTY,
    SYSTEMD,
    Target,
    database_address,
    find_start_faults,
    generate_secret,
    owner_values,
)
from tiptracker.environment import (
    ALLOWED_HOSTS,
    DATABASE_PASSWORD,
    EMAIL_HOST_PASSWORD,
    PUBLIC_URL,
    TLS_KEY,
)
from tiptracker.environment_variables import Variable

OTHER_PROGRAMS = ("COMPOSE_", "DOCKER_")
"""How the names of variables begin that Docker reads from the same file."""


class Command(BaseCommand):
    help = (
        "Write the file of settings: ask for what only a person knows, check each answer at once, and generate the "
        "secrets. If the file is there, keep what it says, ask only for what is missing, and show every change before "
        "it is written. Exits with 1 and writes nothing if a value is wrong. Example: .venv/bin/python manage.py "
        "configure"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "values",
            nargs="*",
            metavar="NAME=VALUE",
            help="a setting, in place of its question or of what the file says, such as ALLOWED_HOSTS=tip.example.gov",
        )
        parser.add_argument(
            "--systemd",
            action="store_true",
            help="for the services of deploy/systemd, without containers: writes /etc/tiptracker/environment and, "
            "beside it, owner",
        )
        parser.add_argument("--file", type=Path, help="another file than .env or /etc/tiptracker/environment")
        parser.add_argument(
            "--answers", type=Path, help="a file of NAME=VALUE lines, so that a secret stands in no command line"
        )
        parser.add_argument(
            "--non-interactive", action="store_true", help="ask nothing: take defaults, and fail where there is none"
        )
        parser.add_argument(
            "--in-container",
            action="store_true",
            help="the command sees only the folder of the file, so files elsewhere are not checked",
        )
        parser.add_argument("--yes", action="store_true", help="change a file that is there without asking for consent")

    def handle(self, **options: Any) -> None:
        try:
            self._configure(**options)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.") from None
        except OSError as error:
            raise CommandError(f"{error.filename or 'The file'}: {error.strerror}. Nothing was written.") from error

    def _configure(
        self,
        *,
        values: list[str],
        systemd: bool,
        file: Path | None,
        answers: Path | None,
        non_interactive: bool,
        in_container: bool,
        yes: bool,
        **options: Any,
    ) -> None:
        self.sees_all_files = not in_container
        target = SYSTEMD if systemd else CONTAINERS
        path = file or Path(target.file)
        if not path.parent.is_dir():
            raise CommandError(f"The folder {path.parent} is not there. Create it: mkdir --parents {path.parent}")
        if path.is_dir():
            raise CommandError(f"{path} is a folder. Name the file in it: --file {path / '.env'}")
        settings = SettingsFile(path)
        self._note_unknown_names(settings)
        given = _read_given(values, answers)
        _refuse_new_key(settings, given)
        settings.values |= given
        for name, value in settings.values.items():
            if value and name in DECLARED and (fault := _find_fault(DECLARED[name], value)):
                raise CommandError(fault if name in given else f"{path.name}: {fault} Correct it, or name a new value.")
        self._fill_in(target, settings, is_asking=not non_interactive)
        files = [settings]
        if target is SYSTEMD:
            owner = SettingsFile(path.with_name("owner"))
            owner.values |= owner_values(settings.values, owner.values)
            files.append(owner)
        if fault := self._find_certificate_fault(settings) or find_start_faults(target, settings.values):
            raise CommandError(f"The application would not start with these settings: {fault} Nothing was written.")
        changed = [each for each in files if each.changes]
        if self._has_consent(changed, is_asking=not non_interactive, yes=yes):
            for each in changed:
                each.write()
                self.stdout.write(
                    f"{each.path.name} is written. Only its owner can read it. Keep a copy in a safe place."
                )
        self.stdout.write(target.next_steps)

    # --- Answers --------------------------------------------------------------------------------------------------

    def _fill_in(self, target: Target, settings: SettingsFile, *, is_asking: bool) -> None:
        """Ask for what is missing, generate secrets, and add what the file always says."""
        values = settings.values
        is_first = True
        for variable in target.asked:
            if not _is_missing(variable, values):
                continue
            suggested = target.suggested.get(variable.name, "") or _default_answer(variable, values)
            if is_asking:
                if is_first:
                    self.stdout.write(
                        "Answer each question, or press Enter for the value in brackets. Ctrl+C ends this."
                    )
                    is_first = False
                self._ask(variable, suggested, settings)
                continue
            values[variable.name] = suggested
            if fault := _find_fault(variable, suggested):
                raise CommandError(f"{fault} Add {variable.name}=VALUE to the command.")
        for variable in target.generated:
            values[variable.name] = values.get(variable.name) or generate_secret(variable)
        for name, value in target.set_always.items():
            values.setdefault(name, value)
        if target is SYSTEMD and not values.get("DATABASE_URL"):
            values["DATABASE_URL"] = database_address(generate_secret(DATABASE_PASSWORD), host="127.0.0.1")

    def _ask(self, variable: Variable[Any], suggested: str, settings: SettingsFile) -> None:
        """Ask until the answer is right, and keep it."""
        meaning = variable.meaning.replace("`", "")
        self.stdout.write(f"\n{meaning[:1].upper()}{meaning[1:]}.")
        while True:
            settings.values[variable.name] = answer = self._read_line(variable, suggested) or suggested
            fault = _find_fault(variable, answer)
            if not fault and variable is TLS_KEY:
                fault = self._find_certificate_fault(settings)
            if not fault:
                return
            self.stdout.write(fault)

    def _read_line(self, variable: Variable[Any], suggested: str) -> str:
        prompt = f"{variable.name}{f' [{suggested}]' if suggested else ''}: "
        if variable.is_secret and sys.stdin.isatty():
            return getpass.getpass(prompt).strip()
        self.stdout.write(prompt, ending="")
        self.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise CommandError(f"There is no answer for {variable.name}. Nothing was written.")
        return line.strip()

    def _note_unknown_names(self, settings: SettingsFile) -> None:
        for name in settings.values:
            if name not in DECLARED and not name.startswith(OTHER_PROGRAMS):
                self.stdout.write(f"{settings.path.name}: no variable is called {name}. docs/settings.md lists all.")

    # --- Checks and consent ---------------------------------------------------------------------------------------

    def _find_certificate_fault(self, settings: SettingsFile) -> str:
        """Return why the proxy cannot use the certificate, or ""."""
        values, folder = settings.values, settings.path.parent
        if not values.get("TLS_CERTIFICATE"):
            return ""
        certificate, key = (folder / values[name] for name in ("TLS_CERTIFICATE", "TLS_KEY"))
        if not (self.sees_all_files or (certificate.is_relative_to(folder) and key.is_relative_to(folder))):
            return ""
        hosts = ALLOWED_HOSTS.check(values["ALLOWED_HOSTS"])
        faults = find_certificate_faults(certificate, key, hosts) or find_unreadable_files([certificate, key])
        return " ".join(faults).replace(f"{folder}/", "")

    def _has_consent(self, changed: list[SettingsFile], *, is_asking: bool, yes: bool) -> bool:
        """Show what changes in files that are there, and return whether to write."""
        is_new = not any(each.is_there for each in changed)
        for each in changed:
            self.stdout.write(f"\n{each.path.name}{'' if each.is_there else ' (new)'}:")
            for name, (before, after) in each.changes.items():
                self.stdout.write(f"  {_describe_change(name, before, after)}")
        if not changed:
            self.stdout.write("Nothing changes: the file holds all of this already.")
        if not changed or is_new or yes:
            return bool(changed)
        if not is_asking:
            raise CommandError("The file is there and would change as listed. Add --yes to write it.")
        self.stdout.write("\nWrite these changes? [yes/no]: ", ending="")
        self.stdout.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was written.")
        return True


def _read_given(values: list[str], answers: Path | None) -> dict[str, str]:
    """Return the settings that the command line and the file of answers name. Raises CommandError, OSError."""
    given: dict[str, str] = {}
    if answers:
        answers.stat()
        given |= {name: value or "" for name, value in dotenv_values(answers, interpolate=False).items()}
    for pair in values:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandError(f"“{pair}” is no setting. Write it as NAME=VALUE.")
        given[name] = value
    for name in given:
        if name not in DECLARED:
            raise CommandError(f"No variable is called {name}. docs/settings.md lists all.")
    return given


def _refuse_new_key(settings: SettingsFile, given: Mapping[str, str]) -> None:
    before = settings.values.get("SECRET_KEY")
    if before and given.get("SECRET_KEY", before) != before:
        raise CommandError(
            "A new SECRET_KEY would lock out everybody’s second step. Follow “Replace SECRET_KEY” in docs/operating.md."
        )


def _default_answer(variable: Variable[Any], values: Mapping[str, str]) -> str:
    if variable.name == "DEFAULT_FROM_EMAIL":
        host = values.get("ALLOWED_HOSTS", "").split(",")[0].strip().removeprefix(".")
        return f"tip-tracker@{host}" if host else ""
    return "" if variable.default in (None, [], "") else str(variable.default).lower()


def _is_missing(variable: Variable[Any], values: Mapping[str, str]) -> bool:
    """Return whether somebody has to be asked for the value of a variable."""
    if variable is PUBLIC_URL:  # links begin with the first host, if one of them is one host
        hosts = ALLOWED_HOSTS.check(values["ALLOWED_HOSTS"])
        return not values.get("PUBLIC_URL") and all(host.startswith(".") for host in hosts)
    if variable is EMAIL_HOST_PASSWORD:
        return variable.name not in values and bool(values.get("EMAIL_HOST_USER"))
    return variable.name not in values or (not values[variable.name] and variable.name not in MAY_BE_EMPTY)


def _find_fault(variable: Variable[Any], value: str) -> str:
    """Return what is wrong with a value that was given or asked for, or ""."""
    if not value and variable.name not in MAY_BE_EMPTY:
        return f"{variable.name} is missing. It has to be {variable.expected.replace('`', '')}."
    if find_unreadable({"": value}):
        return f"{variable.name}: a file of settings cannot hold ', \\ or a line break. Choose a value without these."
    if variable is ALLOWED_HOSTS and "*" in value:
        return "ALLOWED_HOSTS: “*” stands for every name. Write the names that people use."
    if variable is PUBLIC_URL and not value.startswith("https://"):
        return f"PUBLIC_URL: “{value}” does not begin with https://. Write it as https://tip.example.gov."
    try:
        variable.check(value)
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _describe_change(name: str, before: str | None, after: str) -> str:
    if DECLARED[name].is_secret:
        return f"{name}: {'new' if before is None else 'replaced'} (secret, not shown)"
    return f"{name}: {after}" if before is None else f"{name}: {after} (before: {before or 'empty'})"
