"""The site as a whole: each thing that happens goes to the rules that know it."""

from contract import messages
from locker_firmware_bridge.core import (
    claiming,
    collect,
    conversations,
    custody,
    deposit,
    door,
    drops,
    endings,
    mandates,
    openings,
    reassigning,
    receipts,
    recovery,
    remote,
    staff,
    stock,
    taking_in,
    taking_out,
    using,
    weighing,
)
from locker_firmware_bridge.core.happenings import (
    AskCame,
    AssignTimer,
    Back,
    DoorTimer,
    FeedChanged,
    FeedComplete,
    GraceTimer,
    Happened,
    MemoryDoubted,
    OrderCame,
    Read,
    ScaleSaid,
    Silent,
    Started,
    Timer,
    TimerDue,
    TurnTimer,
    UnlockNotSent,
    UnlockSent,
    VisitTimer,
    Welcomed,
)
from locker_firmware_bridge.core.records import Visit
from locker_firmware_bridge.core.state import Decision, Draft, Site

FRESHNESS_MS = 10_000
"""An ask older than this, by the bridge's own clock, is refused."""
FRESH_IDS = 4
"""So many random ids one event may need."""
_InVisit = (
    messages.OpenItem
    | messages.Claim
    | messages.Settle
    | messages.TakeOut
    | messages.Inspect
    | messages.Check
    | messages.TakeStock
    | messages.Reassign
    | messages.SealReceipt
    | messages.Weigh
    | messages.LeaveVisit
)
ENDING = messages.Settle | messages.LeaveVisit
"""Asks that begin nothing: they are answered without room on the disk as well."""
_FINISHING = messages.Settle | messages.SealReceipt | messages.LeaveVisit
"""Asks by which a conversation is brought to its end, also at a kiosk that is out of service by now."""


def advance(site: Site, happened: Happened) -> Decision:
    """What comes of something that happened. The caller commits first, and then does."""
    draft = Draft(site, happened)
    match happened.what:
        case AskCame(kiosk, ask):
            _ask(draft, kiosk, ask)
        case OrderCame(messages.NonceAsked() as asked):
            remote.nonce_asked(draft, asked)
        case OrderCame(messages.RemoteOpen() as order, signed):
            remote.remote_open(draft, order, signed=signed)
        case OrderCame(messages.TakeIn() as order, signed):
            taking_in.take_in(draft, order, signed=signed)
        case OrderCame(messages.SetUse() as order, signed):
            using.set_use(draft, order, signed=signed)
        case UnlockSent(compartment, operation, attempt, surely):
            openings.sent(draft, compartment, door.Sent(operation, attempt, surely))
        case UnlockNotSent(compartment, operation, attempt):
            openings.happen(draft, compartment, door.NotSent(operation, attempt))
        case Read() | Silent() | Back() as said:
            _board(draft, said)
        case TimerDue(timer):
            _timer(draft, timer)
        case ScaleSaid(said):
            weighing.said(draft, said)
        case Started() as started:
            recovery.start(draft, started)
        case FeedChanged() | FeedComplete() | Welcomed() | MemoryDoubted() as news:
            _hub(draft, news)
    return draft.decision()


# --- asks --------------------------------------------------------------------------------------


def _ask(draft: Draft, kiosk: str, ask: messages.Ask) -> None:
    said = draft.site.asks.get(ask.id)
    if said is not None and said.kiosk == kiosk:
        draft.repeat(kiosk, ask.id)
    elif said is not None:
        draft.refuse(kiosk, ask.id, messages.Refused(why="malformed"))
    elif not _is_fresh(draft, ask):
        draft.refuse(kiosk, ask.id, messages.Refused(why="late"))
    elif kiosk in draft.site.revoked and not isinstance(ask.body, _FINISHING):
        draft.refuse(kiosk, ask.id, messages.Refused(why="revoked"))
    elif not draft.room and not isinstance(ask.body, ENDING):
        draft.refuse(kiosk, ask.id, messages.Refused(why="disk"))
    else:
        _fresh_ask(draft, kiosk, ask)


def _is_fresh(draft: Draft, ask: messages.Ask) -> bool:
    return ask.session == draft.site.rules.session and abs(draft.now_ms - ask.at_ms) <= FRESHNESS_MS


def _fresh_ask(draft: Draft, kiosk: str, ask: messages.Ask) -> None:
    mandates.clock_seen(draft)
    match ask.body:
        case messages.Present() as body:
            collect.present(draft, kiosk, ask.id, body)
        case messages.SignIn() as body:
            staff.sign_in(draft, kiosk, ask.id, body)
        case messages.StartDrop() as body:
            drops.start(draft, kiosk, ask.id, body)
        case messages.CheckReceipt() as body:
            receipts.check(draft, kiosk, ask.id, body)
        case body:
            visit = draft.site.visits.get(body.visit)
            if visit is None or visit.kiosk != kiosk:
                draft.refuse(kiosk, ask.id, messages.Refused(why="visit"))
            else:
                _in_visit(draft, kiosk, ask.id, visit, body)


def _in_visit(
    draft: Draft,
    kiosk: str,
    ask: str,
    visit: Visit,
    body: _InVisit,
) -> None:
    match body:
        case messages.LeaveVisit():
            conversations.leave(draft, kiosk, ask, visit)
        case messages.SealReceipt():
            receipts.make(draft, kiosk, ask, visit, body)
        case messages.Weigh():
            weighing.weigh(draft, kiosk, ask, visit)
        case messages.TakeOut() | messages.Inspect() | messages.Check() | messages.Reassign():
            _by_staff(draft, kiosk, ask, visit, body)
        case messages.TakeStock():
            stock.take_stock(draft, kiosk, ask, visit)
        case messages.OpenItem() | messages.Settle() | messages.Claim() if visit.drops:
            _in_drop_visit(draft, kiosk, ask, visit, body)
        case messages.OpenItem(item=item) if visit.pickup is not None:
            collect.open_again(draft, kiosk, ask, visit, item)
        case messages.OpenItem(item=item):
            deposit.open_item(draft, kiosk, ask, visit, item)
        case messages.Settle() if visit.pickup is not None:
            collect.settle(draft, kiosk, ask, visit, body)
        case messages.Settle():
            deposit.settle(draft, kiosk, ask, visit, body)
        case messages.Claim():
            claiming.claim(draft, kiosk, ask, visit, body)
            _assigned_before(draft, body.item)


def _in_drop_visit(
    draft: Draft,
    kiosk: str,
    ask: str,
    visit: Visit,
    body: messages.OpenItem | messages.Settle | messages.Claim,
) -> None:
    match body:
        case messages.OpenItem(item=item):
            drops.open_item(draft, kiosk, ask, visit, item)
        case messages.Settle():
            drops.settle(draft, kiosk, ask, visit, body)
        case messages.Claim():
            drops.claim(draft, kiosk, ask, visit, body)
            _assigned_before(draft, body.item)


def _assigned_before(draft: Draft, item: str) -> None:
    """What the hub said of whose it is, ahead of the kiosk."""
    if item in draft.site.assignments:
        reassigning.take_up(draft)


def _by_staff(
    draft: Draft,
    kiosk: str,
    ask: str,
    visit: Visit,
    body: messages.TakeOut | messages.Inspect | messages.Check | messages.Reassign,
) -> None:
    match body:
        case messages.TakeOut():
            taking_out.take_out(draft, kiosk, ask, visit, body)
        case messages.Inspect(compartment=compartment):
            stock.inspect(draft, kiosk, ask, visit, compartment)
        case messages.Check():
            stock.check(draft, kiosk, ask, visit, body)
        case messages.Reassign():
            reassigning.reassign(draft, kiosk, ask, visit, body)


# --- boards ------------------------------------------------------------------------------------


def _board(draft: Draft, said: Read | Silent | Back) -> None:
    match said:
        case Read(closed, opened):
            _read(draft, closed, opened)
        case Silent(board, compartments, why):
            draft.note(messages.BoardSilent(board=board, compartments=compartments, why=why[:400]))
            for compartment in compartments:
                openings.happen(draft, compartment, door.Seen("unknown"))
        case Back(board, compartments):
            draft.note(messages.BoardBack(board=board, compartments=compartments))


def _read(draft: Draft, closed: frozenset[int], opened: frozenset[int]) -> None:
    """Doors never read before, or not since their board was silent, are told as they stand."""
    new = {number for number in closed | opened if draft.site.doors[number].seen == "unknown"}
    if new:
        draft.note(messages.DoorsSeen(open=tuple(sorted(new & opened)), closed=tuple(sorted(new & closed))))
    for compartment in sorted(closed):
        openings.happen(draft, compartment, door.Seen("closed"))
    for compartment in sorted(opened):
        openings.happen(draft, compartment, door.Seen("open"))


# --- time --------------------------------------------------------------------------------------


def _timer(draft: Draft, timer: Timer) -> None:
    match timer:
        case DoorTimer():
            openings.timer_due(draft, timer)
        case TurnTimer():
            openings.next_turn(draft)
        case VisitTimer(visit):
            conversations.quiet(draft, visit)
        case GraceTimer(item):
            custody.grace_over(draft, item)
        case AssignTimer():
            reassigning.take_up(draft)


# --- the hub -----------------------------------------------------------------------------------


def _hub(draft: Draft, news: FeedChanged | FeedComplete | Welcomed | MemoryDoubted) -> None:
    match news:
        case FeedChanged(documents, whole):
            if whole:
                mandates.forget_others(draft, documents)
                reassigning.forget_others(draft, documents)
            for key, document in documents.items():
                _document(draft, key, document)
        case FeedComplete():
            recovery.adopt(draft, news)
            for assignment in news.assignments:
                reassigning.assigned(draft, assignment)
        case Welcomed(known):
            recovery.welcomed(draft, known=known)
        case MemoryDoubted(journal):
            recovery.doubt(draft, journal)


def _document(draft: Draft, key: str, document: messages.AnyDocument | None) -> None:
    kind, _, name = key.partition("/")
    match document:
        case messages.StaffCredential():
            if draft.site.staff.get(name, document) != document:
                conversations.revoked(draft, "staff", name)
            draft.forget_after_restart(staff={**draft.site.staff, name: document})
        case messages.PersonReach():
            draft.forget_after_restart(reach={**draft.site.reach, name: document})
        case messages.PersonBadge():
            draft.forget_after_restart(badges={**draft.site.badges, name: document})
        case None if kind == "badge":
            badges = {other: one for other, one in draft.site.badges.items() if other != name}
            draft.forget_after_restart(badges=badges)
        case messages.RevokedDevice(device=device):
            draft.forget_after_restart(revoked=draft.site.revoked | {device})
        case None if kind == "revoked":
            draft.forget_after_restart(revoked=draft.site.revoked - {name})
        case messages.Rotation(pickup=pickup, generation=generation):
            recovery.rotate(draft, pickup, generation)
        case messages.Proxy():
            mandates.given(draft, document)
        case None if kind == "proxy":
            mandates.ended(draft, name)
        case messages.Ended():
            endings.ended(draft, document)
        case messages.Assignment():
            reassigning.assigned(draft, document)
        case None if kind == "assignment":
            reassigning.withdrawn(draft, name)
        case None if kind == "staff":
            others = {other: one for other, one in draft.site.staff.items() if other != name}
            draft.forget_after_restart(staff=others)
            conversations.revoked(draft, "staff", name)
        case None if kind == "person":
            others_reach = {other: one for other, one in draft.site.reach.items() if other != name}
            draft.forget_after_restart(reach=others_reach)
        case _:
            pass
