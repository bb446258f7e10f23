// Says when news stop coming to an open page, and asks for them every few seconds as long as they do.
(() => {
  "use strict";
  const SILENCE_MS = 15000, ASK_EVERY_MS = 5000;
  const live = document.getElementById("live");
  const stale = document.getElementById("stale");
  if (!live || !stale) return;

  let heard = performance.now();
  let asked = 0;

  const hear = () => {
    heard = performance.now();
    stale.hidden = true;
    live.dataset.heard = "yes";
  };

  // Whoever may not read this any more leaves it: what is on the screen may name people.
  const leave = (status) => {
    if ([401, 403, 404].includes(status)) location.reload();
  };

  // A page of the entrance or a fault is an answer too, but not the part we asked for.
  const ask = async () => {
    asked = performance.now();
    try {
      const answer = await fetch(live.dataset.again, { headers: { "HX-Request": "true" }, redirect: "error" });
      leave(answer.status);
      if (!answer.ok) return;
      await htmx.swap({ sourceElement: live, target: live, swap: "innerMorph", text: await answer.text() });
      hear();
    } catch {
      // No network: the notice stays, the next round asks again.
    }
  };

  live.addEventListener("htmx:sse:after:message", hear);
  live.addEventListener("htmx:sse:error", (event) => leave(event.detail.status));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) heard = performance.now(); });
  setInterval(() => {
    const now = performance.now();
    if (document.hidden || now - heard < SILENCE_MS) return;
    if (now - asked < ASK_EVERY_MS) return;
    stale.hidden = now - heard < SILENCE_MS + ASK_EVERY_MS;
    ask();
  }, 1000);
})();
