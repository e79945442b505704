"""What an action says when it will not: a sentence for the person, telling what to do next."""

from http import HTTPStatus


class Refused(Exception):
    """A rule of the record forbids it now. The page shows the sentence beside the form; the API answers 409.

    `field` names the form field the sentence belongs beside, or None for the whole form.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class TryLater(Refused):
    """It can't be done at the moment, and may be tried again in `seconds`. Answered 503 with Retry-After.

    Its `status` is 429 where what one person may have was used up, and others go on.
    """

    def __init__(
        self,
        sentence: str,
        *,
        seconds: int,
        status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE,
        field: str | None = None,
    ) -> None:
        super().__init__(sentence, field=field)
        self.seconds, self.status = seconds, status
