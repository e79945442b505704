"""The sentences that our scripts show (web/frontend/js), for pages in another language than English.

A script calls `gettext("Sending…")`; the page holds the translations as JSON. A test compares this list with the calls.
"""

from django.utils.translation import get_language

from tiptracker.localization import gettext, gettext_noop

SCRIPT_SENTENCES = (
    # site.js
    gettext_noop("Sending…"),
    gettext_noop("The address is copied."),
    gettext_noop("Show the password"),
    gettext_noop("Hide the password"),
    gettext_noop("The password is shown."),
    gettext_noop("The password is hidden."),
    # evidence.js
    gettext_noop("For the chosen benchmarks"),
    gettext_noop("Other commitments"),
    # kept.js
    gettext_noop("Some text is saved only on this device. If you sign out, it is deleted. Sign out?"),
    # passkey.js
    gettext_noop("This browser does not support passkeys. Use another way."),
    # draft.js
    gettext_noop("Not saved yet."),
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
    # outbox.js
    gettext_noop("Files: %(names)s"),
    gettext_noop("Show the text"),
    gettext_noop("Do not send: go on writing"),
    gettext_noop("Delete it"),
    gettext_noop("It is kept here until %(date)s. Nobody else who signs in here sees it."),
    gettext_noop("There is no connection. What you wrote about “%(about)s” waits on this device."),
    gettext_noop("You are no longer signed in here. What you wrote about “%(about)s” waits on this device."),
    gettext_noop("It is sent by itself when the connection is back. You can close this page."),
    gettext_noop("It is sent by itself when the connection is back and TIP Tracker is open in this browser."),
    gettext_noop("What you wrote waits on this device"),
    gettext_noop("Send now"),
    gettext_noop("You are signed out"),
    gettext_noop("What you wrote about “%(about)s” was not sent. It waits on this device."),
    gettext_noop("Sign in again, then confirm that it is to be sent."),
    gettext_noop("Send this now?"),
    gettext_noop("What you wrote about “%(about)s” on %(time)s was not sent before you were signed out."),
    gettext_noop("Send it"),
    gettext_noop("What you wrote was not sent"),
    gettext_noop("What you wrote about “%(about)s” on %(time)s was not accepted:"),
    gettext_noop("Open the form to see why."),
    gettext_noop("Open the form with this text"),
    gettext_noop("There is still no connection."),
    gettext_noop("Stopping…"),
    gettext_noop("Nothing can be sent on this now. You can copy your text."),
    gettext_noop("Delete what you wrote from this device? You cannot undo it."),
    gettext_noop("Not everything was sent"),
    gettext_noop("These wait on this device and are not sent:"),
    gettext_noop("If you keep them, they wait until you sign in here again, for a week at most."),
    gettext_noop("Nobody else who signs in here sees them. We ask you before they are sent."),
    gettext_noop("Keep them and sign out"),
    gettext_noop("Delete them and sign out"),
    gettext_noop("Stay signed in"),
    # attachments.js
    gettext_noop("Waiting."),
    gettext_noop("Getting ready…"),
    gettext_noop("Checking the file…"),
    gettext_noop("“%(name)s” is attached."),
    gettext_noop("Photographs attached: %(number)s"),
    gettext_noop("Files attached: %(number)s"),
    gettext_noop("No file is attached."),
    gettext_noop("Cancel"),
    gettext_noop("Remove"),
    gettext_noop("Not sent: there is no connection."),
    gettext_noop("Not sent: you are signed out."),
    gettext_noop("Your files are still being sent. When they have arrived, we send this form."),
    gettext_noop("This form was not sent, because “%(name)s” is not attached. Try again, or remove it."),
)


def translate_script_sentences() -> dict[str, str]:
    """Return the translation of each sentence in the reader's language; empty in English."""
    if (get_language() or "en").startswith("en"):
        return {}
    return {sentence: gettext(sentence) for sentence in SCRIPT_SENTENCES}
