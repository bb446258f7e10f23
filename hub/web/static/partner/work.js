// What is where, for this partner: what the hub said last, and what was done here since.
//
// A bag is its site and its tag: where a partner serves two sites, one printed number may exist at both.

export const key = (tag, site) => `${site ?? ""}/${tag}`;
export const parts = (one) => ({ site: one.slice(0, one.indexOf("/")) || undefined, tag: one.slice(one.indexOf("/") + 1) });

export function follow(told, deeds) {
  const bags = new Map(told.bags.map((bag) => [key(bag.tag, bag.site), bag]));
  const taken = new Map(told.expected.map((round) => [round.manifest, new Set(round.taken)]));
  const orders = new Map(told.orders.map((order) => [order.order, { ...order }]));
  const closed = new Set();
  for (const { body, state } of deeds) {
    if (state === "refused") continue;
    if (body.do === "scan" && body.side === "take") {
      const at = siteOf(told, body), order = told.orders.find((one) => one.tag === body.tag && one.site === at);
      bags.set(key(body.tag, at), bags.get(key(body.tag, at)) ?? { tag: body.tag, site: at, known: Boolean(order), counts: order?.counts, order: order?.order, number: order?.number, state: order?.state, promised_ms: order?.promised_ms });
      if (body.manifest) taken.set(body.manifest, (taken.get(body.manifest) ?? new Set()).add(body.tag));
    } else if (body.do === "scan") bags.delete(key(body.tag, siteOf(told, body)));
    else if (body.do === "close") closed.add(body.manifest);
    else if (body.do === "count") recount(bags, orders, body);
    else if (body.do === "done" && orders.has(body.order))
      Object.assign(orders.get(body.order), { state: body.ready == null ? "ready" : "part_ready", ready: body.ready });
    else if (body.do === "quote" && orders.has(body.order))
      Object.assign(orders.get(body.order), { state: "quoted", quote_cents: body.cents, quote_accepted: null });
  }
  const rounds = told.expected.filter((round) => !closed.has(round.manifest)).map((round) => {
    const here = taken.get(round.manifest);
    return { ...round, here, missing: round.tags.filter((tag) => !here.has(tag)) };
  });
  for (const [one, bag] of bags) if (orders.has(bag.order)) bags.set(one, { ...bag, state: orders.get(bag.order).state });
  return { sites: told.sites, returns: told.returns ?? [], bags, orders, rounds, taken, closed };
}

// Whose bag a deed is about: as the page knew, else as its round says, else as was chosen.
const siteOf = (told, body) => body.of ?? told.expected.find((round) => round.manifest === body.manifest && round.tags.includes(body.tag))?.site ?? body.site;

function recount(bags, orders, body) {
  const one = key(body.tag, body.of), bag = bags.get(one);
  if (bag) bags.set(one, { ...bag, counts: { ...bag.counts, here: body.pieces } });
  for (const order of orders.values())
    if (body.order ? order.order === body.order : key(order.tag, order.site) === one) order.counts = { ...order.counts, here: body.pieces };
}

export const orderAt = (view, one) => [...view.orders.values()].find((order) => key(order.tag, order.site) === one);
export const due = (bag) => bag.due || bag.state === "ready" || bag.state === "refused";

// What should go back to the sites of these bags, and is not among them.
export function missingIn(view, back) {
  const listed = new Set(back.map(({ tag, site }) => key(tag, site))), sites = new Set(back.map(({ site }) => site));
  return [...view.bags.entries()].filter(([one, bag]) => due(bag) && sites.has(bag.site) && !listed.has(one)).map(([, bag]) => ({ tag: bag.tag, site: bag.site }));
}

export function bySite(list) {
  const found = new Map();
  for (const one of list) found.set(one.site, [...(found.get(one.site) ?? []), one]);
  return [...found];
}

// --- what a scan means: whether it counts, the deeds of it, and the one line that says so -----------

export const MOST_TOGETHER = 60, MOST_GIVEN = 400; // bags of one load, and of one round: hub/core/partner_deeds.py

export const cut = (tags, most) => Array.from({ length: Math.ceil(tags.length / most) }, (_, n) => tags.slice(n * most, (n + 1) * most));

const ok = (say, at, ...deeds) => ({ tone: "ok", say, at, deeds });
const low = (say, at, ...deeds) => ({ tone: "low", say, at, deeds });
const scan = (side) => (tag, manifest, of, site) => ({ do: "scan", side, tag, ...(manifest && { manifest }), ...(of ? { of } : site && { site }) });
const take = scan("take"), give = scan("give");

const chosen = (list, site, at = (one) => one.site) => list.find((one) => at(one) === site) ?? list[0];

export function receive(view, manifest, tag, site) {
  const round = view.rounds.find((one) => one.manifest === manifest);
  const here = (manifest && view.taken.get(manifest)) || new Set();
  if (here.has(tag)) return low("again", round?.site);
  if (round?.tags.includes(tag)) return ok("counted", round.site, take(tag, manifest, round.site));
  const other = chosen(view.rounds.filter((one) => one.missing.includes(tag)), site);
  if (other) return low(manifest ? "other_round" : "counted_there", other.site, take(tag, other.manifest, other.site));
  const order = chosen([...view.orders.values()].filter((one) => one.tag === tag && !view.bags.has(key(tag, one.site))), round?.site ?? site);
  const bag = chosen([...view.bags.values()].filter((one) => one.tag === tag), site);
  if (bag && !order && !manifest) return low("is_here", bag.site);
  if (round) return low("not_listed", order?.site, take(tag, manifest, order?.site, site));
  return order ? ok("counted", order.site, take(tag, manifest, order.site)) : low("unknown", site, take(tag, manifest, null, site));
}

// The bag of this tag that is meant, of those here and not in the list yet: the chosen site's, else the only one.
function meant(view, list, tag, site) {
  const here = [...view.bags.values()].filter((one) => one.tag === tag);
  const free = here.filter((bag) => !list.some((one) => one.tag === tag && one.site === bag.site));
  const listed = list.some((one) => one.tag === tag);
  if (listed && !free.some((bag) => bag.site === site)) return { again: true };
  return { bag: chosen(free, site) };
}

export function load(view, list, tag, site) {
  const { again, bag } = meant(view, list, tag, site);
  if (again) return low("again");
  const round = bag ? null : chosen(view.rounds.filter((one) => one.missing.includes(tag)), site);
  const at = bag?.site ?? round?.site ?? site;
  const deeds = bag ? [] : [take(tag, round?.manifest, round?.site, site)];
  if (list.length && list.length % MOST_TOGETHER === 0) return low("next_load", at, ...deeds);
  return deeds.length ? low("not_received", at, ...deeds) : ok("counted", at);
}

export function giveBack(view, list, manifest, tag, site) {
  const { again, bag } = meant(view, list, tag, site);
  if (again) return low("again");
  if (!bag) return low("not_here", site, give(tag, manifest, null, site));
  if (bag.state && !["ready", "refused"].includes(bag.state)) return low("not_ready", bag.site, give(tag, manifest, bag.site));
  return ok("counted", bag.site, give(tag, manifest, bag.site));
}
