"""What a person is told when an action will not."""

from contextlib import contextmanager

import pytest

from tiptracker.errors import Refused


@contextmanager
def refuses(sentence, *, field=None):
    """The body is refused with a sentence that holds `sentence`, beside `field`."""
    with pytest.raises(Refused) as caught:
        yield
    told, beside = str(caught.value), caught.value.field
    assert sentence in told, f"told: {told}"
    assert beside == field, f"beside {beside}, told: {told}"
