"""What is said if the archive of a post cannot be used. The codes are those of backups."""

from collections.abc import Iterator
from contextlib import contextmanager

from tiptracker.errors import Refused
from tiptracker.localization import gettext


@contextmanager
def archive_refusals() -> Iterator[None]:
    """Say in this block what is wrong with the archive of a post, not with a backup."""
    try:
        yield
    except Refused as refusal:
        sentences = {
            "not_a_backup": gettext("This is not the archive of a post. “manage.py export_post” makes one."),
            "damaged": gettext("The archive of the post was changed or is damaged. Export the post again."),
            "cut_off": gettext("The archive of the post ends too early: it was cut off. Copy or export it again."),
            "unsafe_name": gettext("The archive names a file outside its folders. “export_post” did not make it."),
            "other_format": gettext("The archive has another format. Use the version that exported the post."),
            "other_file": gettext(
                "There is another file with the name of one in the archive. Find out where that file comes from, "
                "or import into another installation."
            ),
            "not_the_owner": gettext(
                "This database role does not own the tables, so it cannot load rows as they were. Run the command as "
                "the owner: docker compose run --rm migrate python manage.py import_post …"
            ),
        }
        if refusal.code not in sentences:
            raise
        raise Refused(refusal.code, sentences[refusal.code]) from refusal
