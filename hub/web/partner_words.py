"""What the partners' page says. The page puts in `{n}` and the like; a bar stands between one and many."""

from hub.web.gettext import _


def words() -> dict[str, str]:
    """All of it by key, in the language of the request."""
    return {**_screens(), **_receiving(), **_counting(), **_orders(), **_answers(), **_line()}


def _screens() -> dict[str, str]:
    return {
        "home": _("What shall we do?"),
        "receive": _("Receive"),
        "load": _("A machine"),
        "load_hint": _("Which bags go together"),
        "work": _("Orders"),
        "give_back": _("Give back"),
        "back": _("Back"),
        "remove": _("Take %(tag)s out", tag="{tag}"),
        "bags": _("{n} bag|{n} bags"),
        "bags_here": _("{n} bag here|{n} bags here"),
        "which_site": _("From which concierge desk?"),
        "machine_name": _("Name of the machine"),
        "start": _("Start the machine: {n} bag|Start the machine: {n} bags"),
        "end_return": _("Give back {n} bag|Give back {n} bags"),
        "ready_here": _("{n} bag is to go back|{n} bags are to go back"),
        "back_missing": _("{n} bag is not there|{n} bags are not there"),
        "back_is_told": _("They should go back too. The concierge desk is told that they do not come."),
        "scan_on": _("Scan on"),
        "slips": _("Slips of what was given back"),
    }


def _receiving() -> dict[str, str]:
    return {
        "expected": _("{n} bag on its way|{n} bags on their way"),
        "which_round": _("Which delivery?"),
        "scan_slip": _("Scan the delivery slip, or choose it here."),
        "no_round": _("No delivery is on its way, as far as we know."),
        "without_round": _("Receive without a slip"),
        "round_unknown": _("Delivery not known yet"),
        "of": _("{n} of {all}"),
        "of_missing": _("{n} of {all}, {gone}"),
        "missing": _("{n} missing|{n} missing"),
        "complete": _("All there"),
        "still_missing": _("Still to scan"),
        "all_counted": _("All counted"),
        "end_missing": _("Finish with {n} missing|Finish with {n} missing"),
        "sure": _("Is that all?"),
        "desk_is_told": _("The concierge desk is told at once, and looks for them."),
        "yes_counted": _("Yes, that is all"),
        "closed": _("Counted"),
    }


def _counting() -> dict[str, str]:
    return {
        "count_pieces": _("Count the pieces"),
        "count_of": _("Count the pieces of {tag}"),
        "counted_here": _("{tag}: {n} piece counted|{tag}: {n} pieces counted"),
        "how_many": _("How many pieces?"),
        "desk_counted": _("The concierge desk has {n} piece.|The concierge desk has {n} pieces."),
        "note_count": _("So many they are"),
        "both_counted": _("{n} counted here"),
        "they_differ": _("the counts differ"),
        "say_pieces": _("{n} piece: noted.|{n} pieces: noted."),
        "say_differs": _("{n} noted, {desk} at the concierge desk: both are kept, and the desk is told."),
    }


def _orders() -> dict[str, str]:
    return {
        "open_orders": _("{n} to do|{n} to do"),
        "order": _("Order"),
        "scan_order": _("Scan a bag, or choose an order."),
        "no_order": _("Nothing to do just now."),
        "order_gone": _("This order is over."),
        "pieces": _("{n} piece|{n} pieces"),
        "for": _("for {when}"),
        "state_placed": _("To do"),
        "state_quoted": _("Quote sent"),
        "state_part": _("Partly ready"),
        "state_ready": _("Ready"),
        "state_refused": _("To give back"),
        "all_ready": _("All is ready"),
        "some_ready": _("Only some pieces?"),
        "some_are_ready": _("These pieces are ready"),
        "of_all": _("of {all}"),
        "less": _("One less"),
        "more": _("One more"),
        "quote": _("Quote"),
        "price": _("Price, in euros"),
        "no_price": _("Write a price such as 42,50."),
        "what_for": _("What for?"),
        "send_quote": _("Send the quote"),
        "quote_waits": _("Quote of {price}: no answer yet"),
        "quote_yes": _("Quote of {price}: yes"),
        "quote_no": _("Quote of {price}: no"),
        "no_work": _("Refused: give it back without work, nothing is to be paid"),
        "note": _("A remark"),
        "what_is_it": _("What is it?"),
        "stain": _("A stain"),
        "missing_piece": _("A piece is missing"),
        "damaged": _("Damaged"),
        "other": _("Something else"),
        "in_words": _("In a few words"),
        "no_names": _("No name and no telephone number here."),
        "photo": _("Photo"),
        "send_note": _("Send the remark"),
    }


def note_word(what: str) -> str:
    """What a remark is about."""
    return _orders().get(what, _("A remark"))


def _answers() -> dict[str, str]:
    return {
        "misread": _("This label was misread. Scan it again, or type its number."),
        "say_counted": _("{tag}: {n} of {all}"),
        "say_added": _("{tag}: {n} bag|{tag}: {n} bags"),
        "say_noted_here": _("{tag}: counted"),
        "say_again": _("{tag} is counted already."),
        "say_other_round": _("{tag} is of another delivery: it is counted there."),
        "say_counted_there": _("{tag}: counted on its delivery."),
        "say_is_here": _("{tag} is here already."),
        "say_not_listed": _("{tag} is not on the slip: taken all the same, the desk is told."),
        "say_unknown": _("{tag} is not known: taken all the same, the desk finds out whose it is."),
        "say_not_received": _("{tag} was not received yet: it is now."),
        "say_next_load": _("{tag}: a load is at most {most} bags. It begins the next one."),
        "say_not_here": _("{tag} was not noted here: given back all the same."),
        "say_not_ready": _("{tag} was not said to be ready: given back all the same."),
        "say_no_order": _("No order of yours for {tag}. Is there something to say about it?"),
        "say_found": _("{tag}: here it is."),
        "say_loaded": _("{machine} is noted."),
        "say_given": _("{n} bag given back.|{n} bags given back."),
        "say_closed": _("Counted: all is there."),
        "say_closed_missing": _("Counted: {n} is missing.|Counted: {n} are missing."),
        "say_ready": _("Ready: the concierge desk knows."),
        "say_some_ready": _("Noted: some pieces are ready."),
        "say_quoted": _("Quote of {price} sent."),
        "say_noted": _("The remark is noted."),
        "say_no_photo": _("The remark is noted, without its photo: it could not be read."),
        "refused": _("{tag}: this could not be noted. Tell the concierge desk."),
        "seen": _("Seen"),
    }


def _line() -> dict[str, str]:
    return {
        "all_sent": _("All is sent"),
        "sending": _("Sending…"),
        "off": _("No network: go on, all is kept here"),
        "off_kept": _("No network: {n} kept here|No network: {n} kept here"),
        "signed_out": _("Enter the PIN again: all is kept here"),
        "leave_unsent": _("Some things are not sent yet, and would be lost. Leave all the same?"),
    }
