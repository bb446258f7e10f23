/* What the kiosk's page does by itself: digits appear under the finger at once, the scanner that types
   like a keyboard is heard, what the screen says is played, and a lost connection is said and mended.
   Everything else is drawn and decided by the server. Codes and PINs leave in the body of one post, when they are complete. */
(() => {
  "use strict";
  const GAP_MS = 100; // a scanner types faster than this, a person slower
  const SHORTEST_SCAN = 4;
  const SHORTEST_PLACE = 2; // where nothing is typed and a shelf's label may be scanned: "A9" is no Enter
  const LONGEST_SCAN = 257; // one more than the server accepts: too long stays too long
  const LONGEST_RECEIPT = 2904; // the square of a receipt holds all that stands on it
  const TOUCH_EVERY_MS = 5000;
  const STAFF_PRESS_MS = 3000;
  const HELD_MS = 2000; // longer than a press: a sleeve that rests on the glass
  const stage = document.getElementById("stage");
  const lost = document.getElementById("lost");

  // One after the other: two keys in a hurry arrive in the order they were pressed.
  let sent = Promise.resolve();
  const post = (action, fields = {}) => {
    const body = new URLSearchParams(fields);
    sent = sent.then(() => fetch(`/do/${action}`, { method: "POST", body }).catch(() => {}));
    return sent;
  };
  const one = (selector) => stage.querySelector(selector);

  // -- what is typed, kept here until it is whole ---------------------------------------------------

  const NOTHING = { code: "", number: "", pin: "", query: "", label: "", count: "" };
  let typed = { ...NOTHING };
  let field = "number";
  let kind = one(".screen")?.dataset.screen;
  let parcel = "";

  // Another screen, or another parcel in hand, another person perhaps: what was typed is forgotten. Only
  // the first digit of a code moves to the typing screen while the next ones are already under way.
  function forget() {
    const now = one(".screen")?.dataset.screen;
    const label = one("[data-parcel]")?.dataset.parcel ?? "";
    const another = parcel !== "" && label !== parcel;
    if ((now !== kind || another) && now !== "typing")
      typed = { ...NOTHING, query: one("[data-query]")?.dataset.query ?? "" };
    if (now !== kind || another) walked = "";
    parcel = label;
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
    walked = "";
    const pad = one("[data-keypad]");
    const use = pad?.dataset.keypad;
    if (one("[data-label]")) typed.label = (typed.label + mark).slice(0, LONGEST_SCAN);
    else if (use === "people") typeQuery(mark);
    else if (use === "count") typed.count = (typed.count + mark.replace(/[^0-9]/g, "")).slice(0, 3);
    else if (!pad) return;
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
    const name = use === "pin" ? field : use === "code" ? "code" : fieldOfStaff();
    if (name === "pin" && !typed.pin) field = "number";
    typed[name] = typed[name].slice(0, -1);
    if (use === "people") post("people", { query: typed.query });
    paint();
  }

  const fieldOfStaff = () =>
    one("[data-label]") ? "label" : one("[data-keypad]")?.dataset.keypad === "count" ? "count" : "query";

  // Enter: what it means on a staff screen, the server knows; it may be another one by the time it arrives.
  function confirm() {
    if (one(".over")) return one(".over [data-main]")?.click();
    if (one("[data-enter]")) {
      post("enter", { text: typed[fieldOfStaff()] });
      typed.label = "";
      return paint();
    }
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
  // What a finger is on stays there until it is lifted: a button drawn anew in between would not be pressed.
  let lifted = Promise.resolve();
  let lift = () => {};
  stage.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("button, [data-glass]") || event.target.closest(KEYS)) return;
    lifted = new Promise((done) => { lift = done; });
    setTimeout(lift, HELD_MS);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(lift)); // after the click
  document.addEventListener("htmx:sse:before:message", (event) => event.detail.waitUntil(lifted));
  // What was touched keeps no focus: the next Enter belongs to the screen, not to that button.
  stage.addEventListener("pointerup", () => { walked = ""; document.activeElement?.blur(); });
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

  const NO_MARK = /^(?:Backspace|Escape|Arrow\w+|F[0-9]+)$/;
  let burst = ""; // as a scanner means it
  let marks = []; // as a person means it, by the letters on the keys
  let burstMs = 0;
  let burstTimer = 0;

  function endBurst() {
    clearTimeout(burstTimer);
    const whole = marks;
    burst = "";
    marks = [];
    for (const mark of whole) if (!shortcut(mark)) type(mark);
  }

  // On a French keyboard "é" is the key of the 2: a letter where a name is typed, else a digit.
  function meant(event, mark) {
    const letter = event.key?.length === 1 ? event.key : "";
    const naming = one("[data-query]") && /\p{L}/u.test(letter);
    return /[0-9]/.test(mark) && !naming ? mark : letter || mark;
  }

  // The key that is drawn on something to touch does the same as touching it.
  function shortcut(key) {
    if (one(".over")) return false;
    const button = one(`[data-key~="${CSS.escape(key.toUpperCase())}"]:not(:disabled)`);
    if (!button) return false;
    const action = button.getAttribute("hx-post")?.replace("/do/", "");
    if (action) post(action, button.name ? { [button.name]: button.value } : {});
    else button.click();
    return true;
  }

  // How far the arrows went, an answer of the list: drawn anew, it is there again, or Enter would take the first.
  let walked = "";
  const walkable = () => [...stage.querySelectorAll("[data-arrows] button")];

  function walk(step) {
    const list = walkable();
    const now = list.indexOf(document.activeElement);
    const next = list[(now + step + list.length + (now < 0 && step < 0)) % list.length];
    next?.focus();
    walked = next?.value ?? "";
  }

  function walkOn() {
    if (walked && document.activeElement === document.body) walkable().find((one) => one.value === walked)?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const enter = event.code === "Enter" || event.code === "NumpadEnter";
    if (event.timeStamp - burstMs > GAP_MS) endBurst();
    burstMs = event.timeStamp;
    if (enter && burst.length >= (one("[data-place]") ? SHORTEST_PLACE : SHORTEST_SCAN)) {
      event.preventDefault();
      clearTimeout(burstTimer);
      const text = burst;
      burst = "";
      marks = [];
      typed.code = typed.label = "";
      post("scan", { text });
    } else if (enter && !document.activeElement?.closest("button")) {
      endBurst();
      confirm();
    } else if (NO_MARK.test(event.code)) {
      endBurst();
      if (event.code === "Backspace") erase();
      else if (event.code === "Escape") post("back");
      else if (event.code.startsWith("Arrow")) walk(/Down|Right/.test(event.code) ? 1 : -1);
      else if (shortcut(event.code)) event.preventDefault();
    } else {
      const mark = wedgeMark(event);
      if (!mark && (event.ctrlKey || event.key?.length !== 1)) return;
      event.preventDefault();
      if (burst.length < (/^(?:\]Q.)?R1/.test(burst) ? LONGEST_RECEIPT : LONGEST_SCAN)) {
        burst += mark;
        marks.push(meant(event, mark));
      }
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
      await lifted;
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

  // -- the driver's sign: the drawing never leaves this glass ----------------------------------------

  let pen = null;

  function inked(glass, event) {
    const box = glass.getBoundingClientRect();
    return [(event.clientX - box.left) * glass.width / box.width, (event.clientY - box.top) * glass.height / box.height];
  }

  stage.addEventListener("pointerdown", (event) => {
    const glass = event.target.closest("[data-glass]");
    if (!glass) return;
    pen = glass.getContext("2d");
    pen.lineWidth = 8;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(glass).color;
    pen.beginPath();
    pen.moveTo(...inked(glass, event));
  });
  stage.addEventListener("pointermove", (event) => {
    const glass = event.target.closest("[data-glass]");
    if (!pen || !glass) return;
    pen.lineTo(...inked(glass, event));
    pen.stroke();
    one("[data-signed]")?.removeAttribute("disabled");
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) stage.addEventListener(end, () => { pen = null; });

  // -- what a scan sounds like: taken, look at the screen, not taken, out of step ----------------------------------

  const TONES = { ok: [[1320, 90]], question: [[740, 120], [988, 140]], error: [[196, 380]], step: [[330, 130], [247, 220]] };
  let loudspeaker = null;
  let beeped = one(".screen")?.dataset.beepNth;

  function beep() {
    const { beep: name, beepNth: nth } = one(".screen")?.dataset ?? {};
    if (!nth || nth === beeped) return;
    beeped = nth;
    loudspeaker ??= new AudioContext();
    loudspeaker.resume();
    let at = loudspeaker.currentTime;
    for (const [hertz, ms] of TONES[name] ?? []) {
      const tone = loudspeaker.createOscillator();
      const volume = loudspeaker.createGain();
      tone.type = name === "error" ? "square" : "sine";
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.25, at);
      volume.gain.linearRampToValueAtTime(0, at + ms / 1000);
      tone.connect(volume).connect(loudspeaker.destination);
      tone.start(at);
      tone.stop(at + ms / 1000);
      at += ms / 1000;
    }
    stage.dataset.beeped = name;
  }

  const renew = () => { forget(); paint(); walkOn(); beep(); say(); };
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
