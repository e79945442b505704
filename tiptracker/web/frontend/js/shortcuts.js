// Whether single-key shortcuts work in this browser, and the checkboxes that turn them off (WCAG 2.1.4). Site.js and
// review.js each contain a copy of this module, so the answer is read from the storage at each key.

const OFF = "keys-off";
let areOn = true; // without storage: the keys work, and turning them off lasts until the page is left

export const areShortcutsOn = () => {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return areOn;
  }
};

const remember = (on) => {
  areOn = on;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // no storage, as above
  }
};

for (const told of document.querySelectorAll("[data-keys]")) {
  told.hidden = false;
  const on = told.querySelector("[data-keys-on]");
  on.checked = areShortcutsOn();
  on.addEventListener("change", () => remember(on.checked));
}
