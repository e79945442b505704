// What pays to do in the browser. Every page works without it.

import { tidy } from "./kept.js";

tidy();

// Typed text is not lost by a stray tap: ask before leaving a form that was changed and not sent, nor kept (draft.js).
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

// Back brings a form's fields back as they were, but folded away as they came: open what holds something.
const initial = ({ options }) => Math.max(0, [...options].findIndex((option) => option.defaultSelected));
const isChanged = (field) =>
  field.options
    ? field.selectedIndex !== initial(field)
    : field.value !== field.defaultValue || field.checked !== field.defaultChecked;

window.addEventListener("pageshow", () => {
  for (const folded of document.querySelectorAll("form details:not([open])"))
    folded.open = [...folded.querySelectorAll("input, select, textarea")].some(isChanged);
});

// From a press until the page goes, a form that is being sent says so and isn't sent twice: a second sending would break
// the first one off. Nothing is disabled, so that all of it is sent.
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
  button?.replaceChildren("Sending…");
  button?.setAttribute("aria-disabled", "true");
  said.textContent = "Sending…";
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
// The page comes back by Back; or the person stopped the sending, of which older browsers tell nothing.
window.addEventListener("pageshow", sentOrNot);
window.navigation?.addEventListener("navigateerror", sentOrNot);

// After a refusal, go to the summary of what to put right, also when htmx swapped it in.
const showRefusal = (root) => root.querySelector?.("[data-error-summary]")?.focus();
showRefusal(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showRefusal(target));

// A page that is meant for paper has a button for it, where there is a browser to press it for.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A page of a file that isn't drawn yet, since several were asked for at once, is asked for again, with growing pauses.
const askAgain = (picture) => {
  const tries = Number(picture.dataset.tries ?? 0);
  if (tries === 8) return;
  picture.dataset.tries = tries + 1;
  setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), 500 * (1 + tries * Math.random()));
};
const pictures = ".shown__leaves img";
document.addEventListener("error", ({ target }) => target.matches?.(pictures) && askAgain(target), true);
for (const picture of document.querySelectorAll(pictures)) if (picture.complete && !picture.naturalWidth) askAgain(picture);
