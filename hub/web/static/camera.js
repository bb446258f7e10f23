// A label read with the telephone's camera into the field `data-scan` of the same form. The button is there
// only where the browser itself knows barcodes; elsewhere a scanner or the keyboard does.
(async () => {
  "use strict";
  const LONGEST = 256, BETWEEN_MS = 120;
  const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  if (!formats.length || !navigator.mediaDevices) return;
  const detector = new BarcodeDetector({ formats });
  const pause = () => new Promise((done) => setTimeout(done, BETWEEN_MS));

  document.querySelectorAll("[data-camera]").forEach((button) => {
    const field = button.form.querySelector("[data-scan]");
    const video = button.form.querySelector("video");
    let stream = null;

    function stop() {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
    }

    async function look() {
      while (stream) {
        const [found] = await detector.detect(video).catch(() => []);
        if (stream && found?.rawValue) {
          field.value = found.rawValue.slice(0, LONGEST);
          stop();
          if (field.dataset.scan === "sends") field.form.requestSubmit();
          else field.focus();
        }
        await pause();
      }
    }

    button.hidden = false;
    button.addEventListener("click", async () => {
      if (stream) return stop();
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        button.hidden = true; // no camera, or not allowed: the field is still there
        return field.focus();
      }
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      await look();
    });
  });
})();
