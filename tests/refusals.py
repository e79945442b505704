"""Why an action refuses: its code, and the sentence that a person reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest

from tiptracker.errors import Refused

made: list[Refused] = []
"""Every refusal since the test client's last request began (see tests/conftest.py)."""

_initialize = Refused.__init__


def _initialize_and_keep(refusal: Refused, *arguments, **named) -> None:
    _initialize(refusal, *arguments, **named)
    made.append(refusal)


Refused.__init__ = _initialize_and_keep


@contextmanager
def refuses(code: str, *, field: str | None = None, sentence: str = "") -> Iterator[None]:
    """The body is refused for the reason `code`, beside `field`.

    `sentence` is a part of what the person is told. One test of each refusal states it, the others do without.
    """
    with pytest.raises(Refused) as caught:
        yield
    refusal = caught.value
    assert (refusal.code, refusal.field) == (code, field), f"{refusal.code}, beside {refusal.field}: {refusal}"
    assert sentence in str(refusal)


@contextmanager
def command_refuses(capsys: pytest.CaptureFixture[str], code: str, *, sentence: str = "") -> Iterator[None]:
    """The command that the body calls exits with 2 for the reason `code`, and prints the sentence alone, on stderr."""
    with pytest.raises(SystemExit) as stopped:
        yield
    refusal, said = stopped.value.__cause__, capsys.readouterr()
    assert isinstance(refusal, Refused)
    assert (refusal.code, stopped.value.code) == (code, 2), refusal
    assert (said.out, said.err.strip()) == ("", str(refusal))
    assert sentence in said.err


def shows_refusal(response, code: str) -> bool:
    """Whether a page shows the sentence of the refusal `code`, which its request met with."""
    page = " ".join(unescape(response.text).split())
    return any(refusal.code == code and str(refusal) in page for refusal in response.refusals)
