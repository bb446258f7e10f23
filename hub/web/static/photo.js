// A photo chosen in a field with `data-shrink` is made small enough to send: a telephone's is several MB.
// Where the browser cannot, it goes as it is, and the server says whether that will do.
(() => {
  "use strict";
  const LONGEST = 1600, QUALITY = 0.8;

  const shrunk = async (file) => {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  };

  const replace = async (field, file) => {
    const small = await shrunk(file);
    if (!small || small.size >= file.size || field.files[0] !== file) return;
    const kept = new DataTransfer();
    kept.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    field.files = kept.files;
    field.dataset.shrunk = "yes";
  };

  document.querySelectorAll("input[type=file][data-shrink]").forEach((field) => {
    field.addEventListener("change", async () => {
      const [file] = field.files;
      if (!file) return;
      const send = field.form.querySelector("button");
      send.disabled = true;
      try {
        await replace(field, file);
      } catch {
        // No picture this browser knows: the server looks at it.
      } finally {
        send.disabled = false;
      }
    });
  });
})();
