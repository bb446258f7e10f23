// A form [data-passkey] asks the browser for a key ("get") or to make one ("create") before it is sent: what the
// key says goes with it, as `answer`. Where the browser has no keys the form is not shown, but [data-no-keys].
(() => {
  const usable = window.isSecureContext && window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const asked = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && {
      excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
    }),
  });

  const said = (credential) => {
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const parts = names.filter((name) => credential.response[name]);
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: Object.fromEntries(parts.map((name) => [name, text(credential.response[name])])),
    };
  };

  for (const told of document.querySelectorAll("[data-no-keys]")) told.hidden = usable;
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = !usable;
    if (!usable) continue;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const trouble = form.querySelector("[data-trouble]");
      trouble.hidden = true;
      try {
        const publicKey = asked(JSON.parse(form.dataset.options));
        const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
        form.elements.answer.value = JSON.stringify(said(credential));
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  }
})();
