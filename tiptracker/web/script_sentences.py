"""The sentences that our scripts show (web/frontend/js), for pages in another language than English.

A script calls `gettext("Sending…")`; the page holds the translations as JSON. A test compares this list with the calls.
"""

from django.utils.translation import get_language

from tiptracker.localization import gettext, gettext_noop

SCRIPT_SENTENCES = (
    # site.js
    gettext_noop("Sending…"),
    gettext_noop("The address is copied."),
    # kept.js
    gettext_noop("Some text is saved only on this device. If you sign out, it is deleted. Sign out?"),
    # passkey.js
    gettext_noop("This browser does not support passkeys. Use another way."),
    # draft.js
    gettext_noop("Not saved yet."),
    gettext_noop("Sending the files…"),
    gettext_noop("Saving…"),
    gettext_noop("Not saved: there is no connection."),
    gettext_noop("Not saved: TIP Tracker does not answer."),
    gettext_noop("Not saved: you saved too often. We try again soon."),
    gettext_noop("Not saved: you are signed out."),
    gettext_noop("Not saved: somebody saved this form on another page."),
    gettext_noop("Not saved: this form was already sent."),
    gettext_noop("Not saved."),
    gettext_noop("Your text is kept on this device."),
    gettext_noop("Your files are not kept. If you leave this page, choose them again."),
    gettext_noop("Sign in again, in this tab or another one. Then come back to this page."),
    gettext_noop("Sign in"),
    gettext_noop("Try again"),
    gettext_noop("Show the saved version"),
    gettext_noop("Save my version instead"),
    gettext_noop("Show what was sent"),
    gettext_noop("TIP Tracker cannot save this. Try again."),
    gettext_noop("Saved at %(time)s. Not sent yet."),
    gettext_noop("Saved."),
    gettext_noop("Close"),
    gettext_noop("You typed something else on this device on %(time)s. Use it, or discard it?"),
    gettext_noop("Use it"),
    gettext_noop("Discard it"),
)


def translate_script_sentences() -> dict[str, str]:
    """Return the translation of each sentence in the reader's language; empty in English."""
    if (get_language() or "en").startswith("en"):
        return {}
    return {sentence: gettext(sentence) for sentence in SCRIPT_SENTENCES}
