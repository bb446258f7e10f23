// The screens of the partners' page: what stands on each, for what is so now.
import { button, cents, chip, count, el, go, icon, moment, money, tell, word } from "./drawn.js";
import { act, changed, deeds, draft, keepDraft, lately, seen, site, view } from "./desk.js";
import { newId } from "./kept.js";
import { shrunk } from "./scanner.js";
import { bySite, cut, due, key, missingIn, MOST_GIVEN, MOST_TOGETHER, orderAt, parts } from "./work.js";

const heading = (text, ...more) => el("header", { class: "stack tight" }, button("arrow-left", word("back"), () => history.length > 1 ? history.back() : go(""), "btn-quiet back"), el("h1", { tabindex: "-1" }, text), more);

// A tag, with its site where it may be either's.
const siteName = (id) => view.sites.find((one) => one.id === id)?.name;
const known = () => [...view.bags.values(), ...view.orders.values(), ...draft.load, ...(draft.back?.tags ?? [])];
const isTwice = (tag) => new Set(known().filter((one) => one.tag === tag).map((one) => one.site)).size > 1;
export const nameOf = (tag, at) => (at && isTwice(tag) && siteName(at) ? `${tag} (${siteName(at)})` : tag);
const tags = (list, onremove) =>
  el("ul", { class: "tags" }, list.map((one) => el("li", {}, el("bdi", {}, nameOf(one.tag, one.site)), onremove && el("button", { type: "button", class: "btn btn-quiet", "aria-label": word("remove", { tag: one.tag }), onclick: () => onremove(one) }, icon("x")))));
const ofRound = (round, list) => list.map((tag) => ({ tag, site: round?.site }));
const states = { placed: ["info", "state_placed"], quoted: ["warn", "state_quoted"], part_ready: ["warn", "state_part"], ready: ["ok", "state_ready"], refused: ["warn", "state_refused"] };
const stateChip = (state) => state in states && chip(states[state][0], word(states[state][1]));

const MOST_PIECES = 999;
let chosen = { order: null, n: 1 }; // how many pieces are about to be said ready

export const SCREENS = {
  accueil() {
    const missing = view.rounds.reduce((sum, round) => sum + round.missing.length, 0);
    const open = [...view.orders.values()].filter((order) => order.state !== "ready").length;
    const tile = (where, what, text, more) =>
      el("a", { class: "btn tile", href: `#${where}` }, icon(what), el("span", { class: "fill" }, el("b", {}, text), el("small", {}, more)), icon("chevron-right"));
    return [
      el("h1", { tabindex: "-1" }, word("home")),
      [
        refusals(),
        el("nav", { class: "tiles" },
          tile("recevoir", "package-import", word("receive"), count("expected", missing)),
          tile("machine", "refresh", word("load"), word("load_hint")),
          tile("travail", "tool", word("work"), count("open_orders", open)),
          tile("rendre", "package-export", word("give_back"), count("bags_here", view.bags.size))),
      ],
    ];
  },

  recevoir({ which }) {
    if (!which) {
      const rounds = view.rounds.map((round) =>
        el("li", {}, el("a", { class: "btn tile", href: `#recevoir/${round.manifest}` }, icon("truck-delivery"),
          el("span", { class: "fill" }, el("b", {}, round.site_name), el("small", {}, moment(round.at_ms))),
          chip(round.missing.length ? "info" : "ok", word("of", { n: round.tags.length - round.missing.length, all: round.tags.length })))));
      return [heading(word("which_round")), [
        el("p", { class: "soft" }, word("scan_slip")),
        rounds.length ? el("ul", { class: "plain" }, rounds) : el("p", { class: "notice" }, icon("info-circle"), word("no_round")),
        button("scan", word("without_round"), () => go("recevoir/sans"), "btn-wide"),
      ]];
    }
    const round = view.rounds.find((one) => one.manifest === which);
    if (!round) {
      const here = [...(view.taken.get(which) ?? [])];
      const done = view.closed.has(which);
      return [heading(word(which === "sans" ? "without_round" : "round_unknown"), done && chip("ok", word("closed"), "check")), [
        which !== "sans" && el("p", { class: "count" }, count("bags", here.length)),
        choiceOfSite(),
        tags(ofRound(null, here).toReversed()),
        counting(),
        which !== "sans" && here.length > 0 && !done && button("check", word("all_counted"), () => close(which, here, []), "btn-main btn-wide"),
      ]];
    }
    const n = round.tags.length - round.missing.length;
    return [heading(round.site_name, el("p", { class: "soft" }, moment(round.at_ms))), [
      el("div", { class: "counter", role: "status" }, el("b", { class: "count" }, word("of", { n, all: round.tags.length })),
        round.missing.length ? chip("warn", count("missing", round.missing.length)) : chip("ok", word("complete"), "check")),
      counting(),
      round.missing.length > 0 && el("h2", {}, word("still_missing")),
      tags(ofRound(round, round.missing)),
      button("check", round.missing.length ? count("end_missing", round.missing.length) : word("all_counted"), () => go(`fin/${which}`), "btn-main btn-wide"),
    ]];
  },

  fin({ which }) {
    const round = view.rounds.find((one) => one.manifest === which);
    if (!round) return [heading(word("closed")), [chip("ok", word("closed"), "check")]];
    const n = round.tags.length - round.missing.length;
    return [heading(word("sure")), [
      el("p", { class: "count" }, word("of_missing", { n, all: round.tags.length, gone: count("missing", round.missing.length) })),
      tags(ofRound(round, round.missing)),
      round.missing.length > 0 && el("p", {}, word("desk_is_told")),
      button("check", word("yes_counted"), () => close(which, [...round.here], round.missing), "btn-main btn-wide"),
    ]];
  },

  machine() {
    const field = el("input", { name: "machine", value: draft.machine, maxlength: 40, autocomplete: "off", oninput: (event) => keepDraft({ machine: event.target.value }) });
    const start = async () => {
      const machine = (draft.machine ?? "").trim();
      if (!machine) return field.focus();
      for (const [at, some] of bySite(draft.load))
        for (const together of cut(some, MOST_TOGETHER)) await act({ do: "load", machine, tags: together.map(({ tag }) => tag), ...whose(at) });
      await keepDraft({ load: [] });
      tell("ok", word("say_loaded", { machine }));
      changed();
    };
    return [[heading(word("load")), el("label", { class: "field" }, word("machine_name"), field)], [
      el("p", { class: "count" }, count("bags", draft.load.length)),
      tags(draft.load, async (tag) => {
        await keepDraft({ load: draft.load.filter((one) => one !== tag) });
        changed();
      }),
      draft.load.length > 0 && button("refresh", count("start", draft.load.length), start, "btn-main btn-wide"),
    ]];
  },

  rendre() {
    const back = draft.back?.tags ?? [];
    const ready = [...view.bags.values()].filter(due);
    const end = () => (missingIn(view, back).length ? go("rendu") : giveAll());
    return [heading(word("give_back")), [
      el("p", { class: "count" }, count("bags", back.length)),
      tags(back.toReversed()),
      back.length > 0 && button("check", count("end_return", back.length), end, "btn-main btn-wide"),
      ready.length > 0 && el("h2", {}, count("ready_here", ready.length)),
      tags(ready),
      choiceOfSite(),
      !back.length && returns(),
    ]];
  },

  rendu() {
    const back = draft.back?.tags ?? [], missing = missingIn(view, back);
    return [heading(word("sure")), [
      el("p", { class: "count" }, count("back_missing", missing.length)),
      tags(missing),
      el("p", {}, word("back_is_told")),
      back.length > 0 && button("check", word("yes_counted"), giveAll, "btn-main btn-wide"),
      button("scan", word("scan_on"), () => history.back(), "btn-wide"),
    ]];
  },

  compter({ which }) {
    const { tag, site: at } = parts(which), bag = view.bags.get(which), order = orderAt(view, which);
    const counts = bag?.counts ?? order?.counts ?? {};
    const pieces = el("input", { class: "count", type: "number", inputmode: "numeric", min: 1, max: MOST_PIECES, value: counts.here ?? counts.desk ?? 1, "aria-label": word("how_many"), onfocus: () => pieces.select() });
    const step = (by) => () => (pieces.value = String(Math.min(MOST_PIECES, Math.max(1, Number(pieces.value) + by))));
    const note = async () => {
      const n = Number(pieces.value), differs = counts.desk != null && counts.desk !== n;
      if (!Number.isInteger(n) || n < 1 || n > MOST_PIECES) return pieces.focus();
      await act({ do: "count", tag, of: at, pieces: n });
      tell(differs ? "low" : "ok", differs ? word("say_differs", { n, desk: counts.desk }) : count("say_pieces", n));
      history.back();
    };
    return [heading(word("how_many"), el("p", {}, el("bdi", { class: "plate" }, nameOf(tag, at)))), [
      counts.desk != null && el("p", {}, count("desk_counted", counts.desk)),
      el("div", { class: "stepper" }, el("button", { type: "button", class: "btn", "aria-label": word("less"), onclick: step(-1) }, icon("minus")), pieces, el("button", { type: "button", class: "btn", "aria-label": word("more"), onclick: step(1) }, icon("plus"))),
      button("check", word("note_count"), note, "btn-main btn-wide"),
    ]];
  },

  travail() {
    const orders = [...view.orders.values()];
    return [heading(word("work")), [
      el("p", { class: "soft" }, word("scan_order")),
      orders.length ? el("ul", { class: "plain" }, orders.map((order) =>
        el("li", {}, el("a", { class: "btn tile", href: `#commande/${order.order}` },
          el("span", { class: "fill" }, el("b", {}, order.service || word("order")), el("small", {}, [order.number, order.counts?.desk && count("pieces", order.counts.desk), order.promised_ms && word("for", { when: moment(order.promised_ms) })].filter(Boolean).join(" · "))),
          stateChip(order.state))))) : el("p", { class: "notice" }, icon("info-circle"), word("no_order")),
    ]];
  },

  commande({ which }) {
    const order = view.orders.get(which);
    if (!order) return [heading(word("order")), el("p", { class: "notice" }, icon("info-circle"), word("order_gone"))];
    const all = order.counts?.here ?? order.counts?.desk ?? 1, some = el("output", { class: "count" }, String(chosen.order === which ? chosen.n : (order.ready ?? 1)));
    const step = (by) => () => {
      chosen = { order: which, n: Math.min(all - 1, Math.max(1, Number(some.value) + by)) };
      some.value = String(chosen.n);
    };
    const done = (more, say) => async () => {
      await act({ do: "done", order: which, ...more() });
      tell("ok", word(say));
      changed();
    };
    const answer = order.quote_cents != null && (order.quote_accepted == null ? chip("info", word("quote_waits", { price: money(order.quote_cents) })) : chip(order.quote_accepted ? "ok" : "alarm", word(order.quote_accepted ? "quote_yes" : "quote_no", { price: money(order.quote_cents) })));
    return [heading(order.service || word("order"), el("p", { class: "row tight" }, el("bdi", { class: "plate" }, order.number ?? order.tag ?? ""), stateChip(order.state), answer)), [
      order.state === "refused" && el("p", { class: "notice", "data-tone": "warn" }, icon("x"), word("no_work")),
      el("section", { class: "card stack" }, el("ul", { class: "plain" }, order.lines.map(([name, n]) => el("li", {}, n > 1 ? `${n} × ${name}` : name))),
        el("p", { class: "soft" }, [view.sites.length > 1 && siteName(order.site), order.counts?.desk && count("pieces", order.counts.desk), order.promised_ms && word("for", { when: moment(order.promised_ms) }), order.cents && money(order.cents)].filter(Boolean).join(" · ")),
        order.counts?.here && el("p", { class: "row tight" }, word("both_counted", { n: order.counts.here }), order.counts.desk && order.counts.desk !== order.counts.here && chip("warn", word("they_differ"), "alert-triangle"))),
      order.state !== "ready" && button("check", word("all_ready"), done(() => ({}), "say_ready"), "btn-main btn-wide"),
      order.state !== "ready" && all > 1 && el("section", { class: "card stack" }, el("h2", {}, word("some_ready")),
        el("div", { class: "stepper" }, el("button", { type: "button", class: "btn", "aria-label": word("less"), onclick: step(-1) }, icon("minus")), some, el("span", {}, word("of_all", { all })), el("button", { type: "button", class: "btn", "aria-label": word("more"), onclick: step(1) }, icon("plus"))),
        button("check", word("some_are_ready"), done(() => ({ ready: Number(some.value), pieces: all }), "say_some_ready"), "btn-wide")),
      el("div", { class: "pair" }, order.state !== "ready" && button("pencil", word("quote"), () => go(`devis/${which}`), "btn-wide"), button("alert-circle", word("note"), () => go(`souci/${which}`), "btn-wide")),
      order.tag && button("list", word("count_pieces"), () => go(`compter/${encodeURIComponent(key(order.tag, order.site))}`), "btn-wide"),
    ]];
  },

  devis({ which }) {
    const price = el("input", { name: "price", inputmode: "decimal", required: true, maxlength: 9, autocomplete: "off", placeholder: "0,00" });
    const text = el("textarea", { name: "text", rows: 3, maxlength: 400 });
    const why = el("span", { "data-why": true, hidden: true }, word("no_price"));
    const send = async (event) => {
      event.preventDefault();
      const amount = cents(price.value);
      why.hidden = amount != null;
      if (amount == null) return price.focus();
      await act({ do: "quote", order: which, cents: amount, text: text.value.trim() });
      tell("ok", word("say_quoted", { price: money(amount) }));
      history.back();
    };
    return [heading(word("quote")), el("form", { class: "stack", novalidate: true, onsubmit: send }, el("label", { class: "field" }, word("price"), price, why), el("label", { class: "field" }, word("what_for"), text), el("p", { class: "soft" }, word("no_names")), el("button", { class: "btn btn-main btn-wide" }, icon("check"), word("send_quote")))];
  },

  remarque: ({ which }) => noteForm({ tag: which }, which),

  souci({ which }) {
    const order = view.orders.get(which);
    return noteForm({ order: which, ...(order?.tag && { tag: order.tag, of: order.site }) }, order?.tag || order?.number || "");
  },
};

function noteForm(about, plate) {
  const kinds = ["stain", "missing_piece", "damaged", "other"];
  const choices = kinds.map((kind, n) => el("label", { class: "choice" }, el("input", { type: "radio", name: "what", value: kind, checked: n === 0 }), word(kind)));
  const text = el("textarea", { name: "text", rows: 3, maxlength: 400 });
  const photo = el("input", { type: "file", name: "photo", accept: "image/*", capture: "environment" });
  const send = async (event) => {
    event.preventDefault();
    const form = event.target, file = photo.files[0];
    const taken = file && (await shrunk(file).catch(() => null));
    await act({ do: "note", ...about, what: new FormData(form).get("what"), text: text.value.trim(), ...(taken && { photo: taken }), ...(site() && { site: site() }) });
    tell(file && !taken ? "low" : "ok", word(file && !taken ? "say_no_photo" : "say_noted"));
    history.back();
  };
  return [heading(word("note"), el("p", {}, el("bdi", { class: "plate" }, plate))), el("form", { class: "stack", onsubmit: send }, el("fieldset", { class: "reasons" }, el("legend", {}, word("what_is_it")), choices), el("label", { class: "field" }, word("in_words"), text), el("p", { class: "soft" }, word("no_names")), el("label", { class: "field" }, word("photo"), photo), el("button", { class: "btn btn-main btn-wide" }, icon("check"), word("send_note")))];
}

// What comes beyond the most that one round holds is on another one.
export async function endReturn() {
  const { manifest, tags: all } = draft.back, missing = missingIn(view, all);
  for (const [at, some] of bySite(all))
    for (const [n, together] of cut(some, MOST_GIVEN).entries()) {
      const absent = n ? [] : missing.filter((one) => one.site === at).slice(0, MOST_GIVEN);
      await act({ do: "close", manifest: n ? newId() : manifest, direction: "in", tags: together.map(({ tag }) => tag), missing: absent.map(({ tag }) => tag), ...whose(at) });
    }
  await keepDraft({ back: null });
}

async function giveAll() {
  const n = draft.back.tags.length;
  await endReturn();
  tell("ok", count("say_given", n));
  go("");
}

// Whose bags they are, where that is known; else whose they may be.
function whose(at) {
  if (view.sites.some((one) => one.id === at)) return { of: at };
  return site() ? { site: site() } : {};
}

// The bag that was scanned last, to have its pieces counted.
function counting() {
  const bag = lately && view.bags.get(lately), order = lately && orderAt(view, lately);
  if (!bag || !(bag.known || order)) return null;
  const n = bag.counts?.here, name = nameOf(bag.tag, bag.site);
  return button("list", n ? count("counted_here", n, { tag: name }) : word("count_of", { tag: name }), () => go(`compter/${encodeURIComponent(lately)}`), "btn-wide");
}

// What was given back lately: its paper comes from the hub.
function returns() {
  if (!view.returns.length) return null;
  const rows = view.returns.map((one) => el("li", {}, el("a", { class: "btn tile", href: `/partenaire/bordereaux/${one.manifest}` }, icon("printer"), el("span", { class: "fill" }, el("b", {}, one.site_name), el("small", {}, `${moment(one.at_ms)} · ${count("bags", one.bags)}`)), icon("chevron-right"))));
  return [el("h2", {}, word("slips")), el("ul", { class: "plain" }, rows)];
}

// What is on the slip comes first: of more than a round holds, what was not on it has its own scan.
async function close(manifest, there, missing) {
  const slip = new Set(view.rounds.find((one) => one.manifest === manifest)?.tags);
  const counted = [...there].sort((one, other) => slip.has(other) - slip.has(one)).slice(0, MOST_GIVEN);
  await act({ do: "close", manifest, direction: "out", tags: counted, missing, ...(site() && { site: site() }) });
  tell(missing.length ? "low" : "ok", missing.length ? count("say_closed_missing", missing.length) : word("say_closed"));
  go("");
}

function choiceOfSite() {
  if (view.sites.length < 2) return null;
  const options = view.sites.map((one) => el("option", { value: one.id, selected: one.id === site() }, one.name));
  return el("label", { class: "field" }, word("which_site"), el("select", { onchange: (event) => keepDraft({ site: event.target.value }) }, options));
}

function refusals() {
  return deeds.filter((deed) => deed.state === "refused").map((deed) =>
    el("div", { class: "notice", "data-tone": "alarm", role: "alert" }, icon("alert-circle"), el("p", { class: "fill" }, word("refused", { tag: deed.body.tag || view.orders.get(deed.body.order)?.number || "" })),
      button("", word("seen"), () => seen(deed))));
}
