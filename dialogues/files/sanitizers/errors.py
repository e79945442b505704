"""The error for files that are rejected. No Django here."""


class FileRejected(Exception):
    """Raised if a file is rejected.

    Says why and what to do, in words that follow the file name: "has a password. …".
    """
