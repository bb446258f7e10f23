// What this telephone keeps until the hub has it: deeds, in their order, and what the hub said last.
//
// A deed bears no time of day, for this telephone's clock may be anything: only how long ago it was, by a clock
// that cannot be set. That one ends with the page. What a page before it kept is of uncertain time.

const LIFE = newId();
const TOLERATED_MS = 60_000;
const LONGEST_AGE_MS = 35 * 86_400_000;

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
  const opening = indexedDB.open(`partner-${desk}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("deeds", { keyPath: "n", autoIncrement: true });
    opening.result.createObjectStore("told");
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

    async mark(ids, state) {
      const transaction = db.transaction("deeds", "readwrite");
      const deeds = transaction.objectStore("deeds");
      for (const deed of await done(deeds.getAll()))
        if (ids.includes(deed.body.id)) deeds.put({ ...deed, state, body: { ...deed.body, photo: undefined } });
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
