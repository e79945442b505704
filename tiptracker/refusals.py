"""What an action says when it will not: a sentence for the person, telling what to do next."""


class Refused(Exception):
    """A rule of the record forbids it now. The page shows the sentence beside the form; the API answers 409.

    `field` names the form field the sentence belongs beside, or None for the whole form.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field
