// Small improvements in the browser. Every page works without them.

import { tidy } from "./kept.js";
import { gettext } from "./sentences.js";
import { areShortcutsOn } from "./shortcuts.js";

tidy();

// Ask before the user leaves a form that was changed and neither sent nor kept as a draft (draft.js).
const dirty = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[method=post]");
  if (form) dirty.add(form);
});
document.addEventListener("submit", ({ target }) => dirty.delete(target));
document.addEventListener("htmx:afterRequest", ({ target }) => dirty.delete(target));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected && !("kept" in form.dataset))) event.preventDefault();
});

// After Back, the browser restores fields but not opened details. Open every details element with changed fields.
// A checkbox without a value has the value "on" and no default value, so only its mark is compared.
const initial = ({ options }) => Math.max(0, [...options].findIndex((option) => option.defaultSelected));
const isChanged = (field) =>
  field.options
    ? field.selectedIndex !== initial(field)
    : field.checked !== field.defaultChecked ||
      (!["checkbox", "radio"].includes(field.type) && field.value !== field.defaultValue);

window.addEventListener("pageshow", () => {
  for (const folded of document.querySelectorAll("form details:not([open])"))
    folded.open = [...folded.querySelectorAll("input, select, textarea")].some(isChanged);
});

// While a form is being sent, say so and do not send it twice: the second request would cancel the first one. Nothing
// is disabled, so that every field is sent.
const sending = new Map();
const said = document.createElement("p");
said.className = "for-screen-readers";
said.setAttribute("role", "status");
document.body.append(said);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (sending.has(form)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter ?? form.querySelector("button[type=submit]");
  sending.set(form, { button, words: button && [...button.childNodes] });
  button?.replaceChildren(gettext("Sending…"));
  button?.setAttribute("aria-disabled", "true");
  said.textContent = gettext("Sending…");
  if (!window.navigation) setTimeout(sentOrNot, 60_000);
});

const sentOrNot = () => {
  for (const { button, words } of sending.values()) {
    button?.replaceChildren(...words);
    button?.removeAttribute("aria-disabled");
  }
  sending.clear();
  said.textContent = "";
};
// The user came back with Back, or stopped the request. Older browsers do not report the latter.
window.addEventListener("pageshow", sentOrNot);
window.navigation?.addEventListener("navigateerror", sentOrNot);
document.addEventListener("sending:over", sentOrNot);

// "/" leads to the search, unless the user is typing or has turned shortcuts off.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  const field = document.getElementById("search");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping || !field) return;
  if (!areShortcutsOn()) return;
  event.preventDefault();
  field.focus();
});

// After a refusal, focus the error summary, also when htmx inserted it. A form keeps the fragment of its page, such as
// the field of an earlier error: the browser would go there instead.
const showRefusal = (root) => {
  const summary = root.querySelector?.("[data-error-summary]");
  if (!summary) return;
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  summary.focus();
};
showRefusal(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showRefusal(target));

// A list that a filter changed in place says how many rows it has now, or that it has none.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const found = target.id === "rows" && target.querySelector(".pages p, .empty p");
  if (found) said.textContent = found.textContent.trim().replace(/\s+/g, " ");
});

// Pages made for paper have a print button, which needs this script.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// "Copy the address" copies the address of a list with its filters. Without permission to copy, the field with the
// address is shown and selected.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button) return;
  const field = button.parentElement.querySelector(".copy__field");
  try {
    await navigator.clipboard.writeText(field.querySelector("input").value);
    said.textContent = gettext("The address is copied.");
    button.replaceChildren(gettext("The address is copied."));
  } catch {
    field.classList.add("copy__field--shown");
    field.querySelector("input").select();
  }
});

// If the image of a file's page failed because the server was busy, request it again after growing pauses.
const askAgain = (picture) => {
  const tries = Number(picture.dataset.tries ?? 0);
  if (tries === 8) return;
  picture.dataset.tries = tries + 1;
  setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), 500 * (1 + tries * Math.random()));
};
const pictures = ".shown__leaves img";
document.addEventListener("error", ({ target }) => target.matches?.(pictures) && askAgain(target), true);
for (const picture of document.querySelectorAll(pictures)) if (picture.complete && !picture.naturalWidth) askAgain(picture);

// "Show the password" shows what the user typed. A browser keeps what was typed into a field of text, so the password is
// hidden again before it is sent.
for (const button of document.querySelectorAll("[data-show-password]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? gettext("Hide the password") : gettext("Show the password");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(field.type === "password");
    said.textContent = field.type === "password" ? gettext("The password is hidden.") : gettext("The password is shown.");
  });
  field.form.addEventListener("submit", () => show(false));
}
