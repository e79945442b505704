"""Errors of actions that the user can act on. Each has a sentence that says what to do next."""

from http import HTTPStatus


class Refused(Exception):
    """A rule of the record forbids the action now. A page shows the sentence beside the form; the API answers 409.

    `code` says in one to four words which rule it is, such as "future_day". Programs and tests go by it, since the
    sentence may be reworded. `field` names the form field that the sentence is about; None means the whole form.
    """

    def __init__(self, code: str, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.code, self.field = code, field


class TryLater(Refused):
    """The action is not possible at the moment. Try again in `seconds`. Answered 503 with Retry-After.

    `status` is 429 if this person's own allowance is used up, while other people can continue.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        seconds: int,
        status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE,
        field: str | None = None,
    ) -> None:
        super().__init__(code, sentence, field=field)
        self.seconds, self.status = seconds, status
