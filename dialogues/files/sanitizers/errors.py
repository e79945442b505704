"""The error for files that are rejected. No Django here."""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation. Django's own function needs settings, which the sandbox does not have."""
    return sentence


class FileRejected(Exception):
    """Raised if a file is rejected. Says why, and what to do.

    Attributes:
        sentences: whole sentences in English, with placeholders by name. "%(name)s" is the name of the file. The
            process outside the sandbox translates them.
        values: the values of the other placeholders.
    """

    def __init__(self, *sentences: str, **values: str | int) -> None:
        super().__init__(*sentences)
        self.sentences, self.values = sentences, values

    def __str__(self) -> str:
        return " ".join(sentence % {"name": "file", **self.values} for sentence in self.sentences)


def password_error() -> FileRejected:
    """Return the error for a file that opens only with a password."""
    return FileRejected(
        gettext_noop("“%(name)s” has a password."),
        gettext_noop("Save the file without a password, then attach it again."),
    )


def too_complex_error() -> FileRejected:
    """Return the error for a file with more parts than can be checked."""
    return FileRejected(
        gettext_noop("“%(name)s” contains too much to be checked."),
        gettext_noop("Save the part that is needed as a smaller file, or print it to a PDF, then attach it again."),
    )
