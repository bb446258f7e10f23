// The partners' page: one question a screen. All of it works without a network; what was done is sent when there is one.
import { act, changed, deeds, draft, keepDraft, line, noteLately, onChange, site, sync, view, wipe } from "./desk.js";
import { chip, count, desk, el, go, hush, screen, tell, word } from "./drawn.js";
import { newId } from "./kept.js";
import { cameraReads, look } from "./camera.js";
import { isOurs, keptOf, listen, tagOf } from "./scanner.js";
import { endReturn, nameOf, SCREENS } from "./screens.js";
import { giveBack, key, load, MOST_GIVEN, MOST_TOGETHER, receive } from "./work.js";

const SYNC_EVERY_MS = 20_000;
const top = document.getElementById("top"), body = document.getElementById("body");
const panel = document.getElementById("scan");

// --- scans ------------------------------------------------------------------------------------------

const isHere = (tag) => [...view.bags.values()].some((bag) => bag.tag === tag);
async function knows(text) {
  const tag = await keptOf(text);
  return isOurs(text) || isHere(tag) || view.rounds.some((one) => one.tags.includes(tag));
}
let queue = Promise.resolve();
function scanned(text, orElse = text) {
  const turn = async () => heard((await knows(orElse)) && !(await knows(text)) ? orElse : text);
  queue = queue.then(turn).catch(reportError); // one that could not be kept stops none after it
}

async function heard(text) {
  const here = screen(), round = view.rounds.find((one) => text.includes(one.manifest));
  const slip = round?.manifest ?? /^[0-9a-f]{32}$/i.exec(text.trim())?.[0].toLowerCase();
  if (slip) return go(`recevoir/${slip}`);
  const tag = await keptOf(text);
  if (!tag) return tell("low", word("misread"));
  await (SCANS[here.name] ?? SCANS.travail)(tag, here, tagOf(text));
  changed();
}

async function judged(verdict, tag, read) {
  const name = nameOf(tag, verdict.at).replace(tag, () => read); // as it stands on the bag
  for (const deed of verdict.deeds) await act(deed);
  if (verdict.at) noteLately(key(tag, verdict.at));
  tell(verdict.tone, verdict.say === "counted" ? counted(tag, name) : word(`say_${verdict.say}`, { tag: name, most: MOST_TOGETHER }));
  return verdict;
}

function counted(tag, shown) {
  const { name, which } = screen(), round = view.rounds.find((one) => one.manifest === which);
  if (name === "recevoir" && round) return word("say_counted", { tag: shown, n: round.tags.length - round.missing.length, all: round.tags.length });
  const n = { machine: draft.load.length + 1, rendre: (draft.back?.tags.length ?? 0) + 1 }[name] ?? view.taken.get(which)?.size;
  return n ? count("say_added", n, { tag: shown }) : word("say_noted_here", { tag: shown });
}

const SCANS = {
  async recevoir(tag, { which }, read) {
    await judged(receive(view, which === "sans" ? null : which, tag, site()), tag, read);
  },
  async machine(tag, _, read) {
    const { say, at } = await judged(load(view, draft.load, tag, site()), tag, read);
    if (say !== "again") await keepDraft({ load: [...draft.load, { tag, site: at }] });
  },
  async rendre(tag, _, read) {
    if (draft.back?.tags.length >= MOST_GIVEN && !draft.back.tags.some((one) => one.tag === tag)) await endReturn();
    const back = draft.back ?? { manifest: newId(), tags: [] };
    const { say, at } = await judged(giveBack(view, back.tags, back.manifest, tag, site()), tag, read);
    if (say !== "again") await keepDraft({ back: { ...back, tags: [...back.tags, { tag, site: at }] } });
  },
  async travail(tag, _, read) {
    const found = [...view.orders.values()].filter((one) => one.tag === tag || one.number === tag);
    const order = found.find((one) => one.site === site()) ?? found[0];
    if (order) {
      tell("ok", word("say_found", { tag: nameOf(tag, order.site).replace(tag, () => read) }));
      return go(`commande/${order.order}`);
    }
    tell("low", word("say_no_order", { tag: read }));
    go(`remarque/${encodeURIComponent(tag)}`);
  },
};

// --- drawing ----------------------------------------------------------------------------------------

const WITH_SCANNER = new Set(["recevoir", "machine", "rendre", "travail"]);
const FORMS = new Set(["devis", "remarque", "souci", "compter"]);
const writes = (region) => region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

// A button is not taken away from under a finger: what changes meanwhile is drawn when it is lifted.
let pressed = false, late = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"])
  addEventListener(end, () => {
    pressed = false;
    if (late) setTimeout(render);
  }, true);

const draw = (region, nodes) => {
  const same = nodes.length === region.children.length && nodes.every((node, n) => node.isEqualNode(region.children[n]));
  if (!same) region.replaceChildren(...nodes);
};

function render(fresh = false) {
  late = pressed && !fresh;
  if (late) return;
  const here = screen(), make = SCREENS[here.name] ?? SCREENS.accueil;
  drawLine();
  if (!fresh && FORMS.has(here.name)) return;
  const [head, rest] = make(here);
  if (fresh || !writes(top)) draw(top, [head].flat(2).filter(Boolean));
  if (fresh || !writes(body)) draw(body, [rest].flat(3).filter(Boolean));
  panel.hidden = !WITH_SCANNER.has(here.name);
}

function drawLine() {
  const waiting = deeds.filter((deed) => !deed.state).length;
  const says = { on: waiting ? ["info", "sending", "wifi"] : ["ok", "all_sent", "wifi"], off: ["warn", waiting ? "off_kept" : "off", "wifi-off"], out: ["alarm", "signed_out", "lock"], unknown: ["info", "sending", "wifi"] }[line];
  const state = chip(says[0], says[1] === "off_kept" ? count("off_kept", waiting) : word(says[1]), says[2]);
  const place = document.getElementById("line");
  place.replaceChildren(line === "out" ? el("a", { href: `/partenaire/${desk}` }, state) : state);
  place.dataset.waiting = waiting;
}

let stop = null;
async function camera(event) {
  const video = document.getElementById("video"), pressed = event.currentTarget;
  if (stop) stop = void stop();
  else {
    try {
      stop = await look(video, scanned);
    } catch {
      pressed.hidden = true; // no camera, or not allowed: the field is still there
    }
  }
  video.hidden = !stop;
  pressed.setAttribute("aria-pressed", String(Boolean(stop)));
}

panel.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.tag;
  if (field.value.trim()) scanned(field.value);
  field.value = "";
});
const shutter = document.getElementById("camera");
cameraReads().catch(() => false).then((can) => (shutter.hidden = !can));
shutter.addEventListener("click", camera);
document.getElementById("leave").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (deeds.some((deed) => !deed.state) && !confirm(word("leave_unsent"))) return;
  await fetch(event.target.action, { method: "POST" }).catch(() => null);
  await wipe();
  for (const name of await caches.keys()) if (name.startsWith("partner-")) await (await caches.open(name)).delete("/partenaire/");
  location.replace(`/partenaire/${desk}`);
});
addEventListener("hashchange", () => {
  if (!WITH_SCANNER.has(screen().name) && stop) camera({ currentTarget: shutter });
  hush();
  render(true);
  window.scrollTo(0, 0);
  top.querySelector("h1")?.focus({ preventScroll: true });
});
addEventListener("online", sync);
document.addEventListener("visibilitychange", () => document.hidden || sync());
setInterval(sync, SYNC_EVERY_MS);
onChange((all) => (all ? render() : drawLine()));
listen(scanned);
render(true);
sync();
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/partenaire/hors-ligne.js", { scope: "/partenaire/" });
  navigator.serviceWorker.ready.then(() => (document.documentElement.dataset.offline = "ready"));
}
navigator.storage?.persist?.();
