// A label read with the telephone's camera into the field `data-scan` of the same form.
import { cameraReads, hasCamera, look } from "./partner/camera.js";

const LONGEST = 256;

function install(button) {
  const field = button.form.querySelector("[data-scan]");
  const video = button.form.querySelector("video");
  let stop = null;

  function end() {
    stop?.();
    stop = null;
    video.hidden = true;
  }

  function found(text) {
    end();
    field.value = text.slice(0, LONGEST);
    if (field.dataset.scan === "sends") field.form.requestSubmit();
    else field.focus();
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    if (stop) return end();
    button.disabled = true; // until the camera is on, which may be asked for
    try {
      await cameraReads();
      video.hidden = false;
      stop = await look(video, found);
    } catch {
      end();
      button.hidden = true; // no camera, or not allowed: the field is still there
      field.focus();
    }
    button.disabled = false;
  });
}

if (hasCamera()) document.querySelectorAll("[data-camera]").forEach(install);
