// Bags' tags from a scanner that types, from the camera, or by hand; and the beeps that answer.

const ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"; // contract/bag_tag.py
const LENGTH = 10;

const check = (payload) => {
  const total = [...payload].reduce((sum, letter, place) => sum + (place + 2) * ALPHABET.indexOf(letter), 0);
  return ALPHABET[(ALPHABET.length - (total % ALPHABET.length)) % ALPHABET.length];
};

// The tag as it is kept, whatever the way it was written; "" for one of ours that was misread.
export function tagOf(text) {
  const plain = text.trim().replace(/^\][A-Za-z][0-9A-Za-z]/, "").trim();
  let bare = plain.toUpperCase().replace(/[- ]/g, "");
  const isOurs = bare.startsWith("B1") && bare.length === LENGTH + 2;
  if (isOurs) bare = bare.slice(2);
  const fits = bare.length === LENGTH && [...bare].every((letter) => ALPHABET.includes(letter));
  if (fits && check(bare.slice(0, -1)) === bare.at(-1)) return `${bare.slice(0, 5)}-${bare.slice(5)}`;
  return isOurs ? "" : plain.slice(0, 256);
}

// What is kept of a tag: a number as it is, of anything else a digest, as at kiosks (contract/scans/labels.py): a
// name may have been typed. A browser that has no digest leaves it to the hub, which makes the same of it.
const LONGEST_NUMBER = 64, FEWEST_DIGITS = 4, DIGEST_BYTES = 8;
export async function keptOf(text) {
  const tag = tagOf(text), many = (kind) => tag.match(kind)?.length ?? 0;
  const isNumber = tag.length <= LONGEST_NUMBER && many(/\p{Nd}/gu) >= Math.max(many(/\p{L}/gu), FEWEST_DIGITS);
  if (!tag || isNumber || isOurs(tag) || /^#[0-9a-f]{16}$/.test(tag) || !crypto.subtle) return tag;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(tag)));
  return "#" + Array.from(digest.slice(0, DIGEST_BYTES), (one) => one.toString(16).padStart(2, "0")).join("");
}

// Whether it is one of ours, read right.
export const isOurs = (text) => /^[1-9A-Z]{5}-[1-9A-Z]{5}$/.test(tagOf(text));

// --- beeps: one high for "counted", one low for "out of step" --------------------------------------

let sounds = null;
export function beep(tone) {
  sounds ??= new AudioContext();
  sounds.resume?.();
  const [pitch, seconds] = tone === "ok" ? [1046, 0.09] : [196, 0.32];
  const voice = sounds.createOscillator(), loudness = sounds.createGain();
  voice.type = tone === "ok" ? "sine" : "square";
  voice.frequency.value = pitch;
  loudness.gain.value = tone === "ok" ? 0.25 : 0.12;
  voice.connect(loudness).connect(sounds.destination);
  voice.start();
  voice.stop(sounds.currentTime + seconds);
  if (tone !== "ok") navigator.vibrate?.([80, 60, 80]);
}

// --- a scanner that types: anywhere on the page ------------------------------------------------------

// What the keys mean by their position, as on a US keyboard, and what this machine made of them: which one the
// scanner meant is for `onScan` to say, by what it knows.
const GAP_MS = 60, SHORTEST = 4;
export function listen(onScan) {
  let meant = "", shown = "", last = -Infinity;
  document.addEventListener("keydown", (event) => {
    const quick = event.timeStamp - last < GAP_MS;
    if (event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter") {
      if (!quick || meant.length < SHORTEST) return;
      event.preventDefault();
      const field = document.activeElement;
      if (shown && field?.matches("input, textarea") && field.value.endsWith(shown)) {
        field.value = field.value.slice(0, -shown.length);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      onScan(meant, shown);
      meant = shown = "";
    } else if (!event.altKey && !event.metaKey && wedgeMark(event)) {
      [meant, shown] = [(quick ? meant : "") + wedgeMark(event), (quick ? shown : "") + (event.key.length === 1 ? event.key : "")];
      last = event.timeStamp;
    }
  });
}

// --- a photo, made small enough to keep and to send --------------------------------------------------

const LONGEST = 1600, QUALITY = 0.8, MOST = 2_000_000;
export async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const [, data] = canvas.toDataURL("image/jpeg", QUALITY).split(",");
  return data.length * 0.75 <= MOST ? data : null;
}
