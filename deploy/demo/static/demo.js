"use strict";
// The changing part is asked for twice a second and replaced only when it changed; a touch on a door or a
// switch is a POST. What the choices of a broken door apply to is the door touched last.
const live = document.getElementById("live");
const trouble = document.getElementById("trouble");
const hand = document.getElementById("hand");
const fault = document.getElementById("fault");
const EVERY_MS = 500;
let mark = "";
let chosen = null;

function say(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

async function refresh() {
  try {
    const response = await fetch(`/live?seen=${mark}`);
    if (response.status === 200) {
      mark = response.headers.get("X-Mark");
      const focus = document.activeElement && document.activeElement.id;
      live.innerHTML = await response.text();
      if (focus && live.contains(document.getElementById(focus))) document.getElementById(focus).focus();
      if (chosen) show(chosen);
    } else if (!response.ok) {
      say(await response.text());
    }
  } catch {
    say("La démonstration s’est arrêtée.");
  }
}

async function post(path, fields) {
  const body = new URLSearchParams(fields || {});
  try {
    const response = await fetch(path, { method: "POST", body });
    say(response.ok ? "" : await response.text());
  } catch {
    say("La démonstration s’est arrêtée.");
  }
  await refresh();
}

function show(number) {
  const door = document.getElementById(`door-${number}`);
  chosen = number;
  hand.hidden = false;
  document.getElementById("hint").hidden = true;
  document.getElementById("number").textContent = number;
  document.getElementById("word").textContent = door.getAttribute("aria-label");
  if (document.activeElement !== fault) fault.value = door.dataset.fault;
}

document.addEventListener("click", (event) => {
  const switched = event.target.closest("[data-post]");
  const door = event.target.closest("[data-door]");
  const deed = event.target.closest("[data-deed]");
  if (switched) post(switched.dataset.post);
  if (deed && chosen) post(`/doors/${chosen}/${deed.dataset.deed}`);
  if (door) {
    event.preventDefault();
    const number = door.dataset.door;
    show(number);
    if (["open", "left_open"].includes(door.dataset.state)) post(`/doors/${number}/touch`);
  }
});

fault.addEventListener("change", () => post(`/doors/${chosen}/fault`, { fault: fault.value }));
document.getElementById("board").addEventListener("change", (event) => post("/board", { fault: event.target.value }));
document.getElementById("scale").addEventListener("change", (event) => post("/scale", { fault: event.target.value }));
setInterval(refresh, EVERY_MS);
