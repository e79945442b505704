// What pays to do in the browser. Every page works without it.

// Typed text is not lost by a stray tap: ask before leaving a form that was changed and not sent.
const dirty = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[method=post]");
  if (form) dirty.add(form);
});
document.addEventListener("submit", ({ target }) => dirty.delete(target));
document.addEventListener("htmx:afterRequest", ({ target }) => dirty.delete(target));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
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

// A second press on a slow line does not send twice; a few seconds later it may, should the first be lost.
const sentAt = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (event.timeStamp - (sentAt.get(form) ?? -Infinity) < 5000) event.preventDefault();
  else sentAt.set(form, event.timeStamp);
});

// After a refusal, go to the summary of what to put right, also when htmx swapped it in.
const showRefusal = (root) => root.querySelector?.("[data-error-summary]")?.focus();
showRefusal(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showRefusal(target));
