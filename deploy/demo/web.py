"""The demo's own page: the hands at the simulated cabinet, the line switch, and the codes to try."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader
from waitress import create_server  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from contract.look import STATIC, TEMPLATES
from contract.messages import CabinetCompartment
from contract.settings import load
from deploy.brokers import LOOPBACK
from deploy.demo.plan import BRIDGE, DESK, KIOSK, Kept, Plan, grouped
from deploy.demo.stage import DOORS, Stage
from locker_firmware_bridge.boards.simulated.control import SimulationRefusedError
from locker_firmware_bridge.boards.simulated.state import Cabinet, Door, DoorFault
from locker_firmware_bridge.config import FILE_NAME, LockersFile
from locker_firmware_bridge.scales.simulated_scale import Break, Put

LABELS: Final = {
    "lockers": "Les casiers simulés",
    "door": "Porte",
    "shelf": "Étagère",
    "free": "vide",
    "occupied": "plein",
    "open": "ouverte",
    "left_open": "coincée ouverte",
    "blocked": "bloquée",
    "unknown": "capteur mort",
}
DOOR_FAULTS: Final[Mapping[str, str]] = {
    "": "En bon état",
    "jam": "Bloquée : le verrou claque, la porte reste fermée",
    "left_open": "Coincée : elle ne se referme plus",
    "dead_sensor": "Capteur mort : il répète toujours la même chose",
}
BOARD_FAULTS: Final[Mapping[str, str]] = {
    "": "En bon état",
    "off": "Éteinte",
    "silent": "Muette : elle obéit sans répondre",
    "late": "Lente : elle répond après une demi-seconde",
    "corrupt": "Brouillée : un octet faux dans chaque réponse",
    "noise": "Parasitée : du bruit avant chaque réponse",
}
SCALE_FAULTS: Final[Mapping[str, str]] = {
    "": "En bon état",
    "moving": "Elle ne se pose jamais",
    "silent": "Muette",
    "overload": "Surchargée",
    "noise": "Parasitée : du bruit avant une ligne sur deux",
}
_BAG: Final = Put(Decimal("4.35"), settle_ms=1_200)
_NOTHING: Final = Put(Decimal("0.00"))
_LATE_MS: Final = 500
_NOISE_SEED: Final = 7
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class Page:
    """What the page shows besides the cabinet; `known` changes once the first parcels lie inside."""

    stage: Stage
    known: Kept


@contextmanager
def serve_page(stage: Stage, known: Kept) -> Iterator[Page]:
    """Serve the page on loopback for as long as the block lasts."""
    page = Page(stage, known)
    server = create_server(create_app(page), host=LOOPBACK, port=stage.plan.ports.page, threads=4, ident=None)
    thread = threading.Thread(target=server.run, name="demo-page", daemon=True)
    thread.start()
    try:
        yield page
    finally:
        server.close()
        thread.join(2)


def create_app(page: Page) -> Flask:
    """The application around one running demo."""
    app = Flask(__name__, static_url_path="/own")
    app.config.update(MAX_CONTENT_LENGTH=1024)
    app.jinja_env.loader = ChoiceLoader(
        [PackageLoader("deploy.demo", "templates"), FileSystemLoader(TEMPLATES)]
    )
    app.jinja_env.filters["grouped"] = grouped
    places = _places(page.stage.plan)
    _guard(app)
    _show(app, page, places)
    _obey(app, page.stage)
    return app


def _show(app: Flask, page: Page, places: tuple[CabinetCompartment, ...]) -> None:
    """What can be looked at."""

    @app.get("/")
    def home() -> str:
        choices = {"door_faults": DOOR_FAULTS, "board_faults": BOARD_FAULTS, "scale_faults": SCALE_FAULTS}
        return render_template("demo.html", **_view(page, places), **choices, kiosk=KIOSK, desk=DESK)

    @app.get("/live")
    def live() -> Response:
        """The changing part, or nothing while it is what the page has (`seen`)."""
        text = render_template("live.html", **_view(page, places))
        mark = sha256(text.encode()).hexdigest()[:16]
        if request.args.get("seen") == mark:
            return Response(status=204)
        return Response(text, headers={"X-Mark": mark})

    @app.get("/look/<path:name>")
    def look(name: str) -> Response:
        return send_from_directory(STATIC, name)


def _obey(app: Flask, stage: Stage) -> None:
    """What can be done, all of it with a POST."""

    @app.post("/doors/<int:number>/touch")
    def touch(number: int) -> tuple[str, int]:
        """An open door: take what lies inside, or lay something in, and shut it."""
        door = _door(stage, number)
        if door.closed:
            return "La porte est fermée : elle s’ouvre à la borne.", 409
        (stage.hands.take if door.item else stage.hands.put)(number)
        stage.hands.close(number)
        return "", 204

    @app.post("/doors/<int:number>/<deed>")
    def hand(number: int, deed: str) -> tuple[str, int]:
        _door(stage, number)
        deeds = {"close": stage.hands.close, "force": stage.hands.force}
        if deed not in deeds:
            abort(404)
        deeds[deed](number)
        return "", 204

    @app.post("/doors/<int:number>/fault")
    def fault(number: int) -> tuple[str, int]:
        _door(stage, number)
        stage.hands.fault(number, cast(DoorFault | None, _choice(DOOR_FAULTS) or None))
        return "", 204

    @app.post("/board")
    def board() -> tuple[str, int]:
        chosen = _choice(BOARD_FAULTS)
        stage.hands.healthy()
        if chosen:
            breaks: dict[str, Callable[[], None]] = {
                "off": stage.hands.off,
                "silent": stage.hands.silent,
                "late": lambda: stage.hands.late(_LATE_MS),
                "corrupt": stage.hands.corrupt,
                "noise": lambda: stage.hands.noise(_NOISE_SEED),
            }
            breaks[chosen]()
        return "", 204

    @app.post("/scale/<deed>")
    def scale(deed: str) -> tuple[str, int]:
        if deed not in ("put", "empty"):
            abort(404)
        stage.at_scale(_BAG if deed == "put" else _NOTHING)
        return "", 204

    @app.post("/scale")
    def break_scale() -> tuple[str, int]:
        chosen = _choice(SCALE_FAULTS)
        noise = _NOISE_SEED if chosen == "noise" else 0
        stage.at_scale(Break(noise=noise) if noise or not chosen else Break(**{chosen: True}))
        return "", 204

    @app.post("/line/<deed>")
    def line(deed: str) -> tuple[str, int]:
        if deed not in ("cut", "join"):
            abort(404)
        (stage.line.cut if deed == "cut" else stage.line.join)()
        return "", 204


def _guard(app: Flask) -> None:
    """This machine's browser, on our own page, and nobody else; every refusal in one sentence."""

    @app.before_request
    def refuse_strangers() -> None:
        if urlsplit(f"//{request.host}").hostname not in (LOOPBACK, "localhost"):
            abort(421)
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(SimulationRefusedError)
    def refused(_: SimulationRefusedError) -> tuple[str, int]:
        return "Cette porte ne le peut pas : elle est en panne.", 409

    @app.errorhandler(OSError)
    def away(_: OSError) -> tuple[str, int]:
        return "Les casiers simulés ne répondent pas. Ils redémarrent.", 503

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> tuple[str, int]:
        return "Cette demande n’a pas de sens ici.", error.code or 500


# --- what the page is drawn from -----------------------------------------------------------------


def _view(page: Page, places: tuple[CabinetCompartment, ...]) -> dict[str, object]:
    cabinet = page.stage.hands.state()
    doors = _doors(cabinet)
    return {
        "ports": page.stage.plan.ports,
        "known": page.known,
        "joined": page.stage.line.is_joined,
        "on_scale": page.stage.on_scale.value,
        "scale_fault": next(
            (name for name in SCALE_FAULTS if getattr(page.stage.scale_fault, name, False)), ""
        ),
        "places": places,
        "labels": LABELS,
        "states": {number: state_of(door) for number, door in doors.items()},
        "doors": doors,
        "board_fault": _board_fault(cabinet),
        "attributes": lambda number: {"data-door": number, "data-fault": doors[number].fault or ""},
        "link": lambda number: f"#porte-{number}",
    }


def state_of(door: Door) -> str:
    """The word of the drawing for a simulated door as it really is."""
    if not door.closed:
        return "left_open" if door.fault == "left_open" else "open"
    match door.fault:
        case "jam":
            return "blocked"
        case "dead_sensor":
            return "unknown"
    return "occupied" if door.item else "free"


def _board_fault(cabinet: Cabinet) -> str:
    faults = next(iter(cabinet.boards.values())).faults
    given = {
        "off": faults.off,
        "silent": faults.silent,
        "late": faults.late_ms,
        "corrupt": faults.corrupt,
        "noise": faults.noise,
    }
    return next((name for name, is_on in given.items() if is_on), "")


def _doors(cabinet: Cabinet) -> dict[int, Door]:
    return next(iter(cabinet.boards.values())).doors


def _door(stage: Stage, number: int) -> Door:
    if not 1 <= number <= DOORS:
        abort(404)
    return _doors(stage.hands.state())[number]


def _choice(allowed: Mapping[str, str]) -> str:
    value = request.form.get("fault", "")
    if value not in allowed:
        abort(400)
    return value


def _places(plan: Plan) -> tuple[CabinetCompartment, ...]:
    """The cabinet as the bridge describes it, without the places behind the counter."""
    file = load(plan.device(BRIDGE) / FILE_NAME, LockersFile)
    return tuple(
        CabinetCompartment(
            compartment=door.number,
            kind="lock",
            size=door.size,
            floor_cm=door.floor_cm,
            column=door.column,
            row=door.row,
        )
        for door in file.compartment
    )
