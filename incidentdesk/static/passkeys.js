// Passkeys: the device is asked here and nowhere else. Without this file a code from the phone does the same.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const text = (buffer) => base64(buffer).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function asked(options) {
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const how = { ...options, challenge: bytes(options.challenge) };
  if (options.user) how.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) how.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) how.excludeCredentials = named(options.excludeCredentials);
  return { publicKey: how };
}

function told({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(given) });
}

async function ask(button) {
  const how = asked(JSON.parse(button.dataset.options));
  const devices = navigator.credentials;
  const credential = button.dataset.passkey === "make" ? await devices.create(how) : await devices.get(how);
  button.form.elements.namedItem(button.dataset.field).value = told(credential);
  button.form.submit();
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  button.hidden = !window.PublicKeyCredential;
  button.addEventListener("click", () =>
    ask(button).catch(() => {
      document.getElementById(button.dataset.says).textContent = button.dataset.failed;
    }),
  );
}
