// What is where, for this partner: what the hub said last, and what was done here since.

export function follow(told, deeds) {
  const bags = new Map(told.bags.map((bag) => [bag.tag, bag]));
  const taken = new Map(told.expected.map((round) => [round.manifest, new Set(round.taken)]));
  const orders = new Map(told.orders.map((order) => [order.order, { ...order }]));
  const closed = new Set();
  for (const { body, state } of deeds) {
    if (state === "refused") continue;
    if (body.do === "scan" && body.side === "take") {
      const order = told.orders.find((one) => one.tag === body.tag);
      bags.set(body.tag, bags.get(body.tag) ?? { tag: body.tag, site: body.site, order: order?.order, number: order?.number, state: order?.state, promised_ms: order?.promised_ms });
      if (body.manifest) taken.set(body.manifest, (taken.get(body.manifest) ?? new Set()).add(body.tag));
    } else if (body.do === "scan") bags.delete(body.tag);
    else if (body.do === "close") closed.add(body.manifest);
    else if (body.do === "done" && orders.has(body.order))
      Object.assign(orders.get(body.order), { state: body.ready == null ? "ready" : "part_ready", ready: body.ready });
    else if (body.do === "quote" && orders.has(body.order))
      Object.assign(orders.get(body.order), { state: "quoted", quote_cents: body.cents, quote_accepted: null });
  }
  const rounds = told.expected.filter((round) => !closed.has(round.manifest)).map((round) => {
    const here = taken.get(round.manifest);
    return { ...round, here, missing: round.tags.filter((tag) => !here.has(tag)) };
  });
  for (const bag of bags.values()) if (orders.has(bag.order)) bag.state = orders.get(bag.order).state;
  return { sites: told.sites, bags, orders, rounds, taken, closed };
}

// --- what a scan means: whether it counts, the deeds of it, and the one line that says so -----------

export const MOST_TOGETHER = 60, MOST_GIVEN = 400; // bags of one load, and of one round: hub/core/partner_deeds.py

export const cut = (tags, most) => Array.from({ length: Math.ceil(tags.length / most) }, (_, n) => tags.slice(n * most, (n + 1) * most));

const ok = (say, ...deeds) => ({ tone: "ok", say, deeds });
const low = (say, ...deeds) => ({ tone: "low", say, deeds });
const take = (tag, manifest, site) => ({ do: "scan", side: "take", tag, ...(manifest && { manifest }), ...(site && { site }) });
const give = (tag, manifest, site) => ({ do: "scan", side: "give", tag, manifest, ...(site && { site }) });

export function receive(view, manifest, tag, site) {
  const round = view.rounds.find((one) => one.manifest === manifest);
  const here = (manifest && view.taken.get(manifest)) || new Set();
  if (here.has(tag)) return low("again");
  if (round?.tags.includes(tag)) return ok("counted", take(tag, manifest));
  const other = view.rounds.find((one) => one.missing.includes(tag));
  if (other) return low(manifest ? "other_round" : "counted_there", take(tag, other.manifest));
  if (view.bags.has(tag) && !manifest) return low("is_here");
  if (round) return low("not_listed", take(tag, manifest, site));
  return view.orders.size && [...view.orders.values()].some((order) => order.tag === tag)
    ? ok("counted", take(tag, manifest, site))
    : low("unknown", take(tag, manifest, site));
}

export function load(view, tags, tag, site) {
  if (tags.includes(tag)) return low("again");
  const round = view.rounds.find((one) => one.missing.includes(tag));
  const deeds = view.bags.has(tag) ? [] : [take(tag, round?.manifest, site)];
  if (tags.length && tags.length % MOST_TOGETHER === 0) return low("next_load", ...deeds);
  return deeds.length ? low("not_received", ...deeds) : ok("counted");
}

export function giveBack(view, tags, manifest, tag, site) {
  if (tags.includes(tag)) return low("again");
  const bag = view.bags.get(tag);
  if (!bag) return low("not_here", give(tag, manifest, site));
  if (bag.state && bag.state !== "ready") return low("not_ready", give(tag, manifest));
  return ok("counted", give(tag, manifest));
}
