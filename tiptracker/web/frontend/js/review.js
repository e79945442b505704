// Single-key shortcuts for reviewers. The page explains them under "Keyboard shortcuts", where they can be turned off.
// They press controls of the page (data-key) and move between the rows to decide on (data-line). They do nothing while
// the user types or chooses in a list. Without this script everything works with Tab.

import { areShortcutsOn } from "./shortcuts.js";

const lines = [...document.querySelectorAll("[data-line]")];
let current = null;

const isWritten = (target) =>
  target.isContentEditable ||
  target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])");

function go(line) {
  current?.removeAttribute("aria-current");
  current = line;
  current.setAttribute("aria-current", "true");
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest" });
}

function step(by) {
  if (!lines.length) return;
  const place = lines.indexOf(current) + by;
  go(lines[current ? Math.min(Math.max(place, 0), lines.length - 1) : by > 0 ? 0 : lines.length - 1]);
}

function decide(value) {
  if (!current) step(1);
  const choice = current?.querySelector(`input[name$="-decision"][value="${value}"]`);
  if (!choice) return;
  choice.closest("details")?.setAttribute("open", "");
  choice.checked = true;
  choice.focus({ preventScroll: true });
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

function reach(control) {
  if (!control) return;
  control.closest("details")?.setAttribute("open", "");
  control.focus();
}

function press(key) {
  const pressed = document.querySelector(`[data-key="${key}"]`);
  pressed?.focus();
  pressed?.click();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  v: () => decide("verified"),
  x: () => decide("rejected"),
  m: () => decide("change"),
  w: () => {
    if (!current) step(1);
    reach(current?.querySelector("[name$='-because']"));
  },
  g: () => reach(document.querySelector("[name='accept-because']")),
  b: () => reach(document.querySelector("[name='return-because']")),
  t: () => press("t"),
  a: () => press("a"),
  r: () => press("r"),
  s: () => press("s"),
  n: () => press("n"),
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!areShortcutsOn() || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (key === "Escape" && isWritten(target)) {
    const line = target.closest("[data-line]");
    if (line) go(line);
    else target.blur();
    return;
  }
  if (isWritten(target) || !Object.hasOwn(KEYS, key)) return;
  event.preventDefault();
  KEYS[key]();
});

// Moving with Tab or the mouse also moves the current row.
document.addEventListener("focusin", ({ target }) => {
  const line = target.closest("[data-line]");
  if (!line || line === current) return;
  current?.removeAttribute("aria-current");
  current = line;
  current.setAttribute("aria-current", "true");
});
