"""Why a file can't be taken. Pure."""


class FileRejected(Exception):
    """A file that isn't taken; says why and what to do, in words that follow its name: "has a password. …"."""
