"""Read the file that a command is given."""

from pathlib import Path

from tiptracker.errors import Refused


def read_input_file(file: Path) -> bytes:
    """Return the content of a file. Raises Refused if it can't be opened."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            "unreadable_file", f"“{file}” can’t be opened ({error.strerror}). Check its name, then try again."
        ) from error
