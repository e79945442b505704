// Passkeys. data-passkey of a form is "create" or "get". The options are in the page (data-options: the id of a JSON
// block) or are fetched when needed (data-options-url). The form's button is hidden until this script runs.

import { gettext } from "./sentences.js";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (known = []) => known.map((one) => ({ ...one, id: toBytes(one.id) }));

async function ask(kind, options) {
  const wanted = { ...options, challenge: toBytes(options.challenge) };
  if (kind === "get") {
    wanted.allowCredentials = withBytes(options.allowCredentials);
    return navigator.credentials.get({ publicKey: wanted });
  }
  wanted.user = { ...options.user, id: toBytes(options.user.id) };
  wanted.excludeCredentials = withBytes(options.excludeCredentials);
  return navigator.credentials.create({ publicKey: wanted });
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function options(form) {
  const { options, optionsUrl } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options).textContent);
  const answer = await fetch(optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  if (!window.PublicKeyCredential) {
    said.textContent = gettext("This browser does not support passkeys. Use another way.");
    continue;
  }
  for (const hidden of form.querySelectorAll("[data-passkey-needs-script]")) hidden.hidden = false;
  said.textContent = "";
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    try {
      const given = await options(form);
      const { publicKey } = given.creation_options ?? given.request_options;
      form.elements.credential.value = asJson(await ask(form.dataset.passkey, publicKey));
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
}
