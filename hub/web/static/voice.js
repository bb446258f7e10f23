// Records a line, sends it or a chosen file, plays and deletes: each line is answered with the line as it is now.
(() => {
  "use strict";
  const LONGEST_MS = 12000, BITS_A_SECOND = 16000;
  const all = document.querySelector("[data-voices]");
  const canRecord = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
  const sound = new Audio();
  let recorder = null;

  const lineOf = (node) => node.closest("[data-prompt]");

  async function send(line, address, body) {
    try {
      const answer = await fetch(address, { method: "POST", body, redirect: "error" });
      if (answer.status === 401) return location.reload();
      if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
      const holder = document.createElement("ul");
      holder.innerHTML = await answer.text();
      line.replaceWith(holder.firstElementChild);
    } catch {
      const said = document.createElement("span");
      said.className = "chip";
      said.dataset.tone = "alarm";
      said.setAttribute("role", "alert");
      said.textContent = all.dataset.failed;
      line.querySelector("[role=alert]")?.remove();
      line.querySelector(".name").after(said);
    }
  }

  function sendSound(line, blob) {
    const form = new FormData();
    form.append("audio", blob, "voice");
    return send(line, line.dataset.prompt, form);
  }

  async function record(button) {
    if (recorder) return recorder.stop();
    const line = lineOf(button);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      document.querySelector("[data-no-microphone]").hidden = false;
      return;
    }
    const parts = [];
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_A_SECOND });
    const running = recorder;
    const timer = setTimeout(() => running.state === "recording" && running.stop(), LONGEST_MS);
    running.addEventListener("dataavailable", (event) => parts.push(event.data));
    running.addEventListener("stop", () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      sendSound(line, new Blob(parts, { type: running.mimeType }));
    });
    running.start();
    button.dataset.running = "";
    button.querySelector("span").textContent = all.dataset.recording;
  }

  all.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("record" in button.dataset && (!recorder || "running" in button.dataset)) record(button);
    else if (button.dataset.listen) {
      sound.src = button.dataset.listen;
      sound.play().catch(() => {});
    } else if (button.dataset.remove) send(lineOf(button), button.dataset.remove, null);
  });
  all.addEventListener("change", (event) => {
    const [file] = event.target.files ?? [];
    if (!file) return;
    // Far too large is not sent at all; the server says the same of what is just above.
    sendSound(lineOf(event.target), file.slice(0, Number(all.dataset.largest) + 1));
  });
  if (!canRecord) {
    document.querySelector("[data-no-microphone]").hidden = false;
    all.querySelectorAll("[data-record]").forEach((button) => { button.disabled = true; });
  }
})();
