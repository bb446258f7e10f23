// This desk of a partner: what the hub told it, what was done here since, and the sending of it.
import { desk } from "./drawn.js";
import { age, openKept } from "./kept.js";
import { follow } from "./work.js";

const BATCH = 50, SIGNED_OUT = new Error("signed out");
const kept = await openKept(desk);
await kept.prune();

let told = (await kept.tell("work")) ?? { sites: [], expected: [], bags: [], orders: [] };
export let draft = named((await kept.tell("draft")) ?? { machine: "", load: [], back: null });
export let lately = null; // the bag that was counted in last
export const noteLately = (one) => (lately = one);
export let deeds = await kept.deeds();
export let line = "unknown"; // of the network: on | off | out (signed out) | unknown
export let view = follow(told, deeds);

export const keepDraft = (change) => kept.note("draft", (draft = { ...draft, ...change }));
export const site = () => draft.site ?? view.sites[0]?.id;

// Lists of an earlier page had tags alone.
function named({ load, back, ...others }) {
  const bags = (list) => list.map((one) => (typeof one === "string" ? { tag: one, site: others.site ?? told.sites[0]?.id } : one));
  return { ...others, load: bags(load), back: back && { ...back, tags: bags(back.tags) } };
}

// `redraw(false)`: only what says how the line is.
let redraw = () => {};
export const onChange = (draw) => (redraw = draw);
export const changed = () => redraw(true);

export async function act(deed) {
  const one = await kept.add(deed);
  deeds = [...deeds, one];
  view = follow(told, deeds);
  redraw(false);
  sync();
}

let syncing = null, again = false;
export function sync() {
  again = syncing !== null;
  syncing ??= exchange().finally(() => {
    syncing = null;
    changed();
    if (again) sync();
  });
}

async function exchange() {
  try {
    while (await sendSome());
    const answer = await fetch("/partenaire/travail", { cache: "no-store" });
    if (answer.status === 401) throw SIGNED_OUT;
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = await answer.json();
    await kept.setAside(deeds.filter((deed) => deed.state === "sent"));
    const lost = fresh.timeline === told.timeline ? 0 : await kept.revive(fresh.timeline);
    if (lost) deeds = merged(await kept.deeds());
    else deeds = deeds.filter((deed) => deed.state !== "sent");
    again ||= lost > 0;
    told = fresh;
    await kept.note("work", told);
    line = "on";
  } catch (error) {
    line = error === SIGNED_OUT ? "out" : "off";
  }
  view = follow(told, deeds);
}

// With what was done while that was being read.
function merged(read) {
  const known = new Set(read.map(({ n }) => n));
  return [...read, ...deeds.filter((deed) => deed.state !== "sent" && !known.has(deed.n))];
}

// Sends the next deeds, a photo alone; whether there may be more. What cannot be read is set apart, and shown.
async function sendSome(most = BATCH) {
  const waiting = deeds.filter((deed) => !deed.state);
  if (!waiting.length) return false;
  const cut = waiting.findIndex((deed) => deed.body.photo);
  const some = waiting.slice(0, cut === 0 ? 1 : cut > 0 ? Math.min(cut, most) : most);
  const answer = await fetch("/partenaire/envoi", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ deeds: some.map((deed) => ({ ...deed.body, ...age(deed) })) }),
  });
  if (answer.status === 401) throw SIGNED_OUT;
  if (answer.status === 422 || answer.status === 413) {
    if (some.length > 1) return sendSome(1);
    await mark(some.map((deed) => deed.body.id), "refused");
    return true;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const { done, refused, timeline } = await answer.json();
  const known = new Set(some.map((deed) => deed.body.id));
  if (![...done, ...refused].some((id) => known.has(id))) throw new Error("nothing was answered");
  await mark(done, "sent", timeline);
  await mark(refused, "refused");
  return true;
}

async function mark(ids, state, timeline) {
  await kept.mark(ids, state, timeline);
  for (const deed of deeds) if (ids.includes(deed.body.id)) Object.assign(deed, { state, timeline });
}

// Somebody has seen that this could not be noted.
export async function seen(deed) {
  await kept.forget([deed.n]);
  deeds = deeds.filter((one) => one !== deed);
  changed();
}

export const wipe = () => kept.wipe();
