"""What people did on these pages, in words: one line for each action of the audit."""

from functools import cache
from typing import Final, Literal, NamedTuple

from flask_babel import get_locale

from hub.web.gettext import _

About = Literal["person", "item", "order", "staff", "account", "partner", "device", ""]
"""What the subject of a deed is; empty: nothing that has a name or a page of its own."""


class Word(NamedTuple):
    """How a deed is drawn and said, and what it is about."""

    icon: str
    text: str
    about: About = ""


UNKNOWN: Final = "dots"


def deed_word(action: str) -> Word:
    """The word for an action; one that has none is said as the program has it (and a test fails)."""
    return _words(str(get_locale())).get(action) or Word(UNKNOWN, action)


@cache
def _words(_language: str) -> dict[str, Word]:
    """All of them as this request says them: a page has hundreds of lines."""
    daily = {**_things(), **_parcels(), **_orders(), **_people()}
    return {**daily, **_site(), **_places(), **_devices(), **_programs(), **_accounts()}


def _things() -> dict[str, Word]:
    return {
        "thing_taken": Word("hand-stop", _("took a thing to do")),
        "thing_released": Word("arrow-back-up", _("passed a thing to do on")),
        "thing_put_off": Word("clock", _("put a thing to do off")),
        "thing_brought_back": Word("arrow-up", _("brought a thing to do back")),
    }


def _places() -> dict[str, Word]:
    return {
        "absence_added": Word("calendar", _("noted an absence")),
        "absence_removed": Word("arrow-back-up", _("took an absence back")),
        "files_made": Word("download", _("had the files of a place made")),
        "helper_added": Word("user-plus", _("put somebody on the presence list")),
        "helper_changed": Word("pencil", _("changed somebody on the presence list")),
        "helper_removed": Word("trash", _("took somebody off the presence list")),
        "lockers_chosen": Word("layout-grid", _("chose the lockers of a place")),
        "presence_changed": Word("calendar", _("changed when somebody is there")),
        "site_begun": Word("plus", _("began a new place")),
        "site_taken_off": Word("trash", _("took a place off the list again")),
        "site_changed": Word("settings", _("changed what a place says of itself")),
        "site_set_up": Word("check", _("said that a place is set up")),
    }


def _parcels() -> dict[str, Word]:
    return {
        "alarm_seen": Word("bell", _("said that an alert was seen to")),
        "assignment_asked": Word("user", _("said whose it is"), "item"),
        "assignment_withdrawn": Word("arrow-back-up", _("took back whose it is"), "item"),
        "bag_settled": Word("shopping-bag", _("said that a bag was handed out")),
        "bag_looked_for": Word("shopping-bag", _("looked for a bag behind a door")),
        "bag_ordered": Word("shopping-bag", _("said which order a bag is for")),
        "bag_written_off": Word("shopping-bag", _("said that a bag will not come back")),
        "code_changed": Word("refresh", _("had the code changed"), "item"),
        "code_told": Word("key", _("had the code shown"), "item"),
        "expected_added": Word("hourglass", _("announced a parcel")),
        "expected_closed": Word("check", _("took an announced parcel off the list")),
        "extended": Word("calendar", _("gave 7 more days"), "item"),
        "move_asked": Word("arrow-right", _("asked for another place"), "item"),
        "open_agreed": Word("check", _("agreed that a door is opened from afar")),
        "open_asked": Word("door-enter", _("asked to open a door from afar")),
        "open_withdrawn": Word("x", _("took back that a door is opened from afar")),
        "parcel_refused": Word("ban", _("noted a parcel that was refused")),
        "refusal_photo": Word("ban", _("added a photo to a refused parcel")),
        "slip_handed": Word("ticket", _("gave the slip"), "item"),
        "slip_printed": Word("printer", _("printed a slip"), "item"),
        "take_in_asked": Word("package-import", _("took a parcel in"), "item"),
        "told_again": Word("message", _("had the message sent again"), "item"),
        "told_all": Word("message", _("told everybody who has something here")),
        "told_aloud": Word("speakerphone", _("told it by word of mouth"), "item"),
    }


def _orders() -> dict[str, Word]:
    return {
        "catalogue_imported": Word("file-import", _("brought in a catalogue")),
        "order_placed": Word("receipt", _("ordered for somebody"), "order"),
        "receipt_sealed": Word("printer", _("printed the receipt of an order"), "order"),
        "order_cancelled": Word("x", _("called an order off"), "order"),
        "partner_access_given": Word("qrcode", _("gave a partner’s page")),
        "partner_access_revoked": Word("trash", _("closed a partner’s page")),
        "partner_added": Word("plus", _("added a partner"), "partner"),
        "partner_changed": Word("pencil", _("changed a partner"), "partner"),
        "partner_pin_renewed": Word("refresh", _("gave a partner’s page a new PIN")),
        "partner_removed": Word("trash", _("took a partner off the list"), "partner"),
        "payment_noted": Word("receipt", _("noted a payment to the partner"), "order"),
        "quote_accepted": Word("check", _("noted a yes to a price"), "order"),
        "quote_refused": Word("x", _("noted a no to a price"), "order"),
        "service_added": Word("plus", _("added a service")),
        "service_changed": Word("pencil", _("changed a service")),
        "service_moved": Word("arrow-up", _("moved a service in the list")),
        "service_removed": Word("trash", _("took a service off the list")),
    }


def _people() -> dict[str, Word]:
    return {
        "badge_changed": Word("id-badge-2", _("changed the badge"), "person"),
        "mandate_code_told": Word("key", _("had the code of a mandate shown")),
        "mandate_ended": Word("x", _("ended a mandate")),
        "mandate_given": Word("users", _("noted a mandate")),
        "mandate_renewed": Word("refresh", _("gave a mandate a new code")),
        "mandate_slip_printed": Word("printer", _("printed the slip of a mandate")),
        "people_imported": Word("file-import", _("brought in a list of people")),
        "person_added": Word("user-plus", _("added a person"), "person"),
        "person_changed": Word("pencil", _("changed a person’s card"), "person"),
        "person_erased": Word("trash", _("erased a person"), "person"),
        "person_exported": Word("download", _("handed over all that is kept of a person"), "person"),
        "person_removed": Word("trash", _("took a person off the list"), "person"),
    }


def _site() -> dict[str, Word]:
    return {
        "closure_added": Word("calendar", _("announced a closure")),
        "closure_ended": Word("calendar", _("ended a closure")),
        "days_changed": Word("calendar", _("changed how long things are kept")),
        "employer_added": Word("plus", _("added an employer")),
        "employer_removed": Word("trash", _("took an employer off the list")),
        "employer_set": Word("building-community", _("said who works for whom"), "staff"),
        "hours_changed": Word("clock", _("changed opening hours")),
        "let_go": Word("history", _("let go what was kept long enough")),
        "pin_renewed": Word("refresh", _("gave a new PIN for the kiosk"), "staff"),
        "rights_given": Word("eye", _("gave the right to keep order"), "staff"),
        "sponsor_added": Word("plus", _("added a contract")),
        "sponsor_ended": Word("x", _("ended a contract")),
        "staff_added": Word("user-plus", _("added somebody to the team"), "staff"),
        "staff_removed": Word("trash", _("took somebody off the team"), "staff"),
        "drawing_dropped": Word("trash", _("dropped a draft of the lockers’ drawing")),
        "drawing_given": Word("download", _("took the lockers’ drawing as a file")),
        "service_in_asked": Word("check", _("said that a compartment may be used again")),
        "service_out_asked": Word("ban", _("took a compartment out of service")),
        "text_changed": Word("message", _("changed the text of a message")),
        "text_restored": Word("arrow-back-up", _("took the first text of a message again")),
        "voice_recorded": Word("volume", _("recorded a sentence of the kiosk")),
        "voice_removed": Word("trash", _("removed a recording")),
    }


def _devices() -> dict[str, Word]:
    return {
        "broker_files_given": Word("download", _("took the files for the site’s broker")),
        "device_added": Word("plus", _("added a device"), "device"),
        "device_enrolled": Word("key", _("made the secrets of a device anew"), "device"),
        "device_renamed": Word("pencil", _("named a device"), "device"),
        "device_revoked": Word("ban", _("took a device out of service"), "device"),
        "log_asked": Word("list", _("asked for the log of a device"), "device"),
    }


def _programs() -> dict[str, Word]:
    return {
        "calendar_given": Word("calendar", _("gave the address of a calendar")),
        "calendar_revoked": Word("trash", _("took the address of a calendar back")),
        "expected_announced": Word("hourglass", _("announced a parcel")),
        "list_exported": Word("download", _("took a list out as a file")),
        "token_given": Word("key", _("gave a program a token")),
        "token_revoked": Word("trash", _("took a program’s token back")),
        "webhook_added": Word("plus", _("had an address told what happens")),
        "webhook_enabled": Word("refresh", _("had an address told again")),
        "webhook_removed": Word("trash", _("took an address that is told off the list")),
        "webhook_secret_renewed": Word("refresh", _("had an address told under a new secret")),
        "webhook_tried": Word("check", _("sent a test to an address that is told")),
    }


def _accounts() -> dict[str, Word]:
    return {
        "account_changed": Word("pencil", _("changed an account"), "account"),
        "account_closed": Word("trash", _("closed an account"), "account"),
        "account_code": Word("key", _("gave a new code for an account"), "account"),
        "account_invited": Word("user-plus", _("invited somebody"), "account"),
        "account_opened": Word("login", _("chose a password with the code"), "account"),
        "calls_changed": Word("bell", _("chose how they are called"), "account"),
        "passkey_added": Word("key", _("added a key to sign in with"), "account"),
        "passkey_removed": Word("trash", _("removed a key to sign in with"), "account"),
        "password_changed": Word("lock", _("changed the password"), "account"),
        "recovery_renewed": Word("refresh", _("had new recovery codes made"), "account"),
        "second_step_begun": Word("device-mobile", _("switched the second step on"), "account"),
        "second_step_ended": Word("device-mobile", _("switched the second step off"), "account"),
        "session_ended": Word("logout", _("signed out another browser"), "account"),
        "sessions_ended": Word("logout", _("signed out everywhere else"), "account"),
        "signed_in": Word("login", _("signed in")),
        "signed_out": Word("logout", _("signed out")),
    }
