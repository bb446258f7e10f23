// What this telephone keeps until the hub has it: deeds, in their order, and what the hub said last.
//
// What the hub has is kept aside for some days: a hub that is put back from a backup may have lost it again. Its
// timeline is another one then, and what was acknowledged on an older one is sent once more, under the same id.
//
// A deed bears no time of day, for this telephone's clock may be anything: only how long ago it was, by a clock
// that cannot be set. That one ends with the page. What a page before it kept is of uncertain time.

const LIFE = newId();
const TOLERATED_MS = 60_000;
const LONGEST_AGE_MS = 35 * 86_400_000;
const ASIDE_MS = 14 * 86_400_000, MOST_ASIDE = 2_000;

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

export function age(deed) {
  const byWall = Date.now() - deed.wall;
  if (deed.life !== LIFE) return { age_ms: Math.min(Math.max(0, byWall), LONGEST_AGE_MS), sure: false };
  const mono = Math.max(0, Math.round(performance.now() - deed.mono));
  return { age_ms: mono, sure: Math.abs(byWall - mono) < TOLERATED_MS };
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const whole = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });

export async function openKept(desk) {
  const opening = indexedDB.open(`partner-${desk}`, 2);
  opening.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion < 1) {
      opening.result.createObjectStore("deeds", { keyPath: "n", autoIncrement: true });
      opening.result.createObjectStore("told");
    }
    opening.result.createObjectStore("aside", { keyPath: "n" });
  };
  const db = await done(opening);
  db.onversionchange = () => {
    db.close(); // another tab signs out, and must not wait for this one, which keeps nothing any more
    location.replace(`/partenaire/${desk}`);
  };
  const store = (name, mode) => db.transaction(name, mode).objectStore(name);

  return {
    // All deeds, in their order: those that wait, those that are sent and not yet in what the hub says.
    deeds: () => done(store("deeds", "readonly").getAll()),

    async add(deed) {
      const kept = { body: { id: newId(), ...deed }, life: LIFE, mono: performance.now(), wall: Date.now() };
      const transaction = db.transaction("deeds", "readwrite", { durability: "strict" });
      kept.n = await done(transaction.objectStore("deeds").add(kept));
      await whole(transaction);
      return kept;
    },

    // `sent`: the hub has committed it, on this timeline; `refused`: it never will.
    async mark(ids, state, timeline) {
      const transaction = db.transaction("deeds", "readwrite");
      const deeds = transaction.objectStore("deeds");
      for (const deed of await done(deeds.getAll()))
        if (ids.includes(deed.body.id)) deeds.put({ ...deed, state, timeline });
      await whole(transaction);
    },

    // What the hub has said to be so since: out of sight, and not yet forgotten.
    async setAside(some) {
      const transaction = db.transaction(["deeds", "aside"], "readwrite");
      for (const deed of some) {
        transaction.objectStore("deeds").delete(deed.n);
        transaction.objectStore("aside").put(deed);
      }
      await whole(transaction);
    },

    // What was acknowledged on another timeline waits again, in its old place; how much that is.
    async revive(timeline) {
      const transaction = db.transaction(["deeds", "aside"], "readwrite");
      const deeds = transaction.objectStore("deeds"), aside = transaction.objectStore("aside");
      const lost = (await done(aside.getAll())).filter((deed) => deed.timeline !== timeline);
      for (const deed of lost) {
        aside.delete(deed.n);
        deeds.put({ ...deed, state: undefined, timeline: undefined });
      }
      await whole(transaction);
      return lost.length;
    },

    async prune() {
      const transaction = db.transaction("aside", "readwrite"), aside = transaction.objectStore("aside");
      const old = (deed, n, all) => Math.abs(Date.now() - deed.wall) > ASIDE_MS || n < all.length - MOST_ASIDE;
      for (const { n } of (await done(aside.getAll())).filter(old)) aside.delete(n);
      await whole(transaction);
    },

    async forget(numbers) {
      const transaction = db.transaction("deeds", "readwrite");
      for (const n of numbers) transaction.objectStore("deeds").delete(n);
      await whole(transaction);
    },

    tell: (what) => done(store("told", "readonly").get(what)),
    note: (what, value) => done(store("told", "readwrite").put(value, what)),

    async wipe() {
      db.close();
      const ending = indexedDB.deleteDatabase(`partner-${desk}`);
      // A tab that does not let go gets no further anyway, and all is forgotten once it is closed.
      await Promise.race([done(ending), new Promise((resolve) => (ending.onblocked = resolve))]);
    },
  };
}
