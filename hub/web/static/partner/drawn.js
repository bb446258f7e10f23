// Elements, icons and words of the partners' page.

import { beep } from "./scanner.js";

const root = document.getElementById("partner");
export const desk = root.dataset.desk;
const WORDS = JSON.parse(root.dataset.words);
const LANGUAGE = document.documentElement.lang;

export function word(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// The word for a number: `key` has one form for one, and one for many, with a bar between.
export function count(key, n, values = {}) {
  const [one, many] = WORDS[key].split("|");
  return (n === 1 || (n === 0 && LANGUAGE === "fr") ? one : many).replace(/\{(\w+)\}/g, (_, name) => ({ n, ...values })[name] ?? "");
}

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat(2).filter((child) => child != null && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/look/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const button = (what, text, onclick, kind = "") =>
  el("button", { class: `btn ${kind}`, type: "button", onclick }, what && icon(what), el("span", {}, text));

export const chip = (tone, text, what) => el("span", { class: "chip", "data-tone": tone }, what && icon(what), text);

const zone = root.dataset.zone;
const shortly = new Intl.DateTimeFormat(LANGUAGE, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
export const moment = (ms) => (ms == null ? "" : shortly.format(ms));

const euro = new Intl.NumberFormat(LANGUAGE, { style: "currency", currency: "EUR" });
export const money = (cents) => euro.format(cents / 100);

// What somebody typed, in cents; null for what is no price to the cent.
export function cents(text) {
  const typed = /^\s*(\d{1,5})(?:[.,](\d{1,2}))?\s*€?\s*$/.exec(text);
  return typed ? Number(typed[1]) * 100 + Number((typed[2] ?? "").padEnd(2, "0")) : null;
}

// --- where we are, and what was answered ---------------------------------------------------------

export function screen() {
  const [name, which] = location.hash.slice(1).split("/");
  return { name: name || "accueil", which: which && decodeURIComponent(which) };
}

export function go(where) {
  location.hash = where;
}

const said = document.getElementById("said");
let toldAt = -Infinity;
export function tell(tone, text) {
  toldAt = performance.now();
  said.dataset.tone = tone === "ok" ? "ok" : "warn";
  said.replaceChildren(icon(tone === "ok" ? "check" : "alert-triangle"), el("p", {}, text));
  said.hidden = false;
  beep(tone);
}

// An answer goes along to the next screen, and no further.
const ON_THE_WAY_MS = 1_000;
export const hush = () => performance.now() - toldAt > ON_THE_WAY_MS && (said.hidden = true);
