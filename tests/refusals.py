"""Check with which code and sentence an action, a command or a page refuses something."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest

from tiptracker.errors import Refused

recorded_refusals: list[Refused] = []
"""Every refusal since the last request of the test client began (see tests/conftest.py)."""

_initialize = Refused.__init__


def _initialize_and_record(refusal: Refused, *arguments, **named) -> None:
    _initialize(refusal, *arguments, **named)
    recorded_refusals.append(refusal)


Refused.__init__ = _initialize_and_record


@contextmanager
def refuses(code: str, *, field: str | None = None, sentence: str = "") -> Iterator[None]:
    """Expect that the block is refused with this code, at this field.

    Args:
        sentence: a part of the message. One test of each refusal gives it, the others leave it out.
    """
    with pytest.raises(Refused) as caught:
        yield
    refusal = caught.value
    assert (refusal.code, refusal.field) == (code, field), f"{refusal.code}, beside {refusal.field}: {refusal}"
    assert sentence in str(refusal)


@contextmanager
def command_refuses(capsys: pytest.CaptureFixture[str], code: str, *, sentence: str = "") -> Iterator[None]:
    """Expect that the command called in the block exits with 2, and prints only the refusal, on stderr."""
    with pytest.raises(SystemExit) as stopped:
        yield
    refusal, said = stopped.value.__cause__, capsys.readouterr()
    assert isinstance(refusal, Refused)
    assert (refusal.code, stopped.value.code) == (code, 2), refusal
    assert (said.out, said.err.strip()) == ("", str(refusal))
    assert sentence in said.err


def shows_refusal(response, code: str) -> bool:
    """Whether a page shows the message of a refusal with this code that occurred during its request."""
    page = " ".join(unescape(response.text).split())
    return any(refusal.code == code and str(refusal) in page for refusal in response.refusals)
