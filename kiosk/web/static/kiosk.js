/* What the kiosk's page does by itself: digits appear under the finger at once, the scanner that types
   like a keyboard is heard, what the screen says is played, and a lost connection is said and mended.
   Everything else is drawn and decided by the server. Codes and PINs leave in the body of one post, when they are complete. */
(() => {
  "use strict";
  const GAP_MS = 100; // a scanner types faster than this, a person slower
  const SHORTEST_SCAN = 4;
  const LONGEST_SCAN = 257; // one more than the server accepts: too long stays too long
  const TOUCH_EVERY_MS = 5000;
  const STAFF_PRESS_MS = 3000;
  const stage = document.getElementById("stage");
  const lost = document.getElementById("lost");

  const post = (action, fields = {}) =>
    fetch(`/do/${action}`, { method: "POST", body: new URLSearchParams(fields) }).catch(() => {});
  const one = (selector) => stage.querySelector(selector);

  // -- what is typed, kept here until it is whole ---------------------------------------------------

  let typed = { code: "", number: "", pin: "", query: "" };
  let field = "number";
  let kind = one(".screen")?.dataset.screen;

  // Another screen, another person perhaps: what was typed is forgotten. Only the first digit of a
  // code moves to the typing screen while the next ones are already under way.
  function forget() {
    const now = one(".screen")?.dataset.screen;
    if (now !== kind && now !== "typing")
      typed = { code: "", number: "", pin: "", query: one("[data-query]")?.dataset.query ?? "" };
    if (now !== kind) field = "number";
    kind = now;
  }

  function paint() {
    const pad = one("[data-keypad]");
    const use = pad ? pad.dataset.keypad : "";
    const length = use === "code" && typed.code ? wholeLength(pad) : 8;
    stage.querySelectorAll("[data-slots]").forEach((slots) => { slots.dataset.slots = length; });
    stage.querySelectorAll("[data-slot]").forEach((slot, place) => {
      slot.textContent = typed.code[place] ?? "";
      slot.hidden = place >= length;
      slot.toggleAttribute("data-next", place === typed.code.length);
    });
    stage.querySelectorAll("[data-shows]").forEach((output) => {
      const name = output.dataset.shows;
      output.textContent = name === "pin" ? "●".repeat(typed.pin.length) : typed[name];
    });
    stage.querySelectorAll("[data-field]").forEach((button) =>
      button.toggleAttribute("data-active", button.dataset.field === field));
  }

  const wholeLength = (pad) => Number(pad.dataset.lengths.split(" ")[Number(typed.code[0])]);

  function type(mark) {
    const pad = one("[data-keypad]");
    if (!pad) return;
    if (pad.dataset.keypad === "people") typeQuery(mark);
    else if (/[0-9]/.test(mark)) (pad.dataset.keypad === "code" ? typeCode : typePin)(mark, pad);
    paint();
  }

  function typeCode(digit, pad) {
    if (typed.code && typed.code.length >= wholeLength(pad)) return;
    typed.code += digit;
    if (typed.code.length === wholeLength(pad)) {
      const digits = typed.code;
      post("code", { digits }).then(() => { typed.code = ""; });
    } else if (typed.code.length === 1) post("typing");
  }

  function typePin(digit) {
    if (typed[field].length < (field === "pin" ? 12 : 6)) typed[field] += digit;
  }

  function typeQuery(mark) {
    if (typed.query.length < 40) typed.query += mark.toLowerCase();
    post("people", { query: typed.query });
  }

  function erase() {
    const use = one("[data-keypad]")?.dataset.keypad;
    const name = use === "pin" ? field : use === "people" ? "query" : "code";
    if (name === "pin" && !typed.pin) field = "number";
    typed[name] = typed[name].slice(0, -1);
    if (use === "people") post("people", { query: typed.query });
    paint();
  }

  function confirm() {
    if (one("[data-keypad]")?.dataset.keypad !== "pin") return one("[data-main]")?.click();
    if (field === "number" && typed.number) field = "pin";
    else if (typed.number && typed.pin.length >= 4) {
      post("pin", { number: typed.number, pin: typed.pin });
      typed.pin = "";
    }
    paint();
  }

  // -- fingers ------------------------------------------------------------------------------------

  const KEYS = "[data-digit], [data-erase], [data-ok]";

  function press(key) {
    if (key?.dataset.digit) type(key.dataset.digit);
    else if (key && "erase" in key.dataset) erase();
    else if (key) confirm();
  }

  // -- what the screen says ---------------------------------------------------------------------------
  // The server lists the files; the same list drawn again is not said again. A touch hushes.

  const sound = new Audio();
  let said = "";
  let toSay = [];

  function sayNext() {
    const address = toSay.shift();
    if (!address) return;
    sound.src = address;
    sound.play().catch(() => {}); // before the first touch a browser may forbid it
  }

  function say() {
    const now = one(".screen")?.dataset.said ?? "";
    if (now === said) return;
    hush();
    said = now;
    toSay = now.split(" ").filter(Boolean);
    sayNext();
  }

  function hush() {
    toSay = [];
    sound.pause();
  }

  sound.addEventListener("ended", sayNext);
  sound.addEventListener("error", sayNext);

  let touchedMs = -TOUCH_EVERY_MS;
  let touchedOn = "";
  let staffTimer = 0;

  stage.addEventListener("pointerdown", (event) => {
    touchedOn = kind;
    hush();
    if (event.timeStamp - touchedMs > TOUCH_EVERY_MS) {
      touchedMs = event.timeStamp;
      post("touch");
    }
    press(event.target.closest(KEYS));
    if (event.target.closest("[data-logo]")) staffTimer = setTimeout(() => post("staff"), STAFF_PRESS_MS);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"])
    stage.addEventListener(end, () => clearTimeout(staffTimer));
  // The screen changed under the finger: what it meant to touch is no longer there.
  stage.addEventListener("click", (event) => {
    if (event.detail > 0 && touchedOn !== kind) event.stopImmediatePropagation();
  }, true);
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("click", (event) => {
    // A click without a pointer comes from the keyboard or an assistive device: the same key.
    if (event.detail === 0) press(event.target.closest(KEYS));
    if (event.target.closest("[data-print]")) { window.print(); post("printed"); }
  });

  // -- scanner and keyboard -----------------------------------------------------------------------
  // What a key means is in look/wedge.js: by its position, whatever the layout of the machine.

  let burst = "";
  let burstMs = 0;
  let burstTimer = 0;

  function endBurst() {
    clearTimeout(burstTimer);
    const marks = burst;
    burst = "";
    for (const mark of marks) type(mark);
  }

  document.addEventListener("keydown", (event) => {
    const enter = event.code === "Enter" || event.code === "NumpadEnter";
    if (event.timeStamp - burstMs > GAP_MS) endBurst();
    burstMs = event.timeStamp;
    if (enter && burst.length >= SHORTEST_SCAN) {
      event.preventDefault();
      clearTimeout(burstTimer);
      const text = burst;
      burst = "";
      typed.code = "";
      post("scan", { text });
    } else if (enter && !document.activeElement?.closest("button")) {
      endBurst();
      confirm();
    } else if (event.code === "Backspace") erase();
    else if (event.code === "Escape") post("back");
    else {
      const mark = wedgeMark(event);
      if (!mark) return;
      event.preventDefault();
      if (burst.length < LONGEST_SCAN) burst += mark;
      clearTimeout(burstTimer);
      burstTimer = setTimeout(endBurst, GAP_MS);
    }
  });

  // -- what the server sends ------------------------------------------------------------------------

  let live = false;
  let polled = "";

  function count() {
    stage.querySelectorAll("[data-countdown]").forEach((output) => {
      const left = Math.max(0, Number(output.textContent) - 1);
      output.textContent = String(left);
    });
  }

  async function poll() {
    if (live) return;
    try {
      const answer = await fetch("/screen");
      const text = await answer.text();
      lost.hidden = answer.ok;
      if (!answer.ok || live || text === polled) return;
      polled = text;
      stage.innerHTML = text;
      htmx.process(stage);
      renew();
    } catch {
      lost.hidden = false;
    }
  }

  const renew = () => { forget(); paint(); say(); };
  document.addEventListener("htmx:after:swap", renew);
  document.addEventListener("htmx:sse:after:connection", (event) => {
    live = (event.detail.connection.status ?? 200) === 200;
    lost.hidden = lost.hidden || live;
  });
  for (const end of ["htmx:sse:error", "htmx:sse:close", "htmx:sse:before:connection"])
    document.addEventListener(end, () => { live = false; });
  setInterval(poll, 1000);
  setInterval(count, 1000);
  paint();
})();
