// The form of evidence follows what is chosen in it: a benchmark that is judged by figures opens the figure with its
// indicator, the commitments of the chosen benchmarks come first, and an indicator brings its last total and, if it
// counts districts, the districts. Without this script, all fields are there and the server checks the same.

import { gettext } from "./sentences.js";

const indicator = document.getElementById("id_count-indicator");
const { form } = indicator;
const { commitment } = form.elements;
const districts = form.querySelector("[data-districts]");
const hint = document.getElementById("id_count-figure_helptext");
const isBenchmark = ({ name }) => /^evidence_links-\d+-benchmark$/.test(name ?? "");
const chosenBenchmarks = () =>
  [...form.elements].filter((field) => isBenchmark(field) && field.value).map((field) => field.selectedOptions[0]);

function showIndicator() {
  const { dataset } = indicator.selectedOptions[0];
  hint.textContent = dataset.hint;
  if (!districts) return;
  districts.hidden = !("countsDistricts" in dataset) && !districts.querySelector(".usa-error-message");
  if (districts.hidden) for (const box of districts.querySelectorAll("input")) box.checked = false;
}

// What the script chose, it may choose again. What the user chose stays.
const expected = () => chosenBenchmarks().map(({ dataset }) => dataset.indicator).filter(Boolean);
let ours = expected().includes(indicator.value) ? indicator.value : "";

function followBenchmarks() {
  const [first = ""] = expected();
  if ((!indicator.value || indicator.value === ours) && !expected().includes(indicator.value || "-")) {
    ours = indicator.value = first;
    showIndicator();
  }
  if (first) indicator.closest("details").open = true;
  const chosen = chosenBenchmarks().map(({ value }) => value);
  const options = [...commitment.options].filter(({ value }) => value);
  const isLinked = ({ dataset }) => (dataset.benchmarks ?? "").split(" ").some((key) => chosen.includes(key));
  const linked = options.filter(isLinked);
  const value = commitment.value;
  commitment.replaceChildren(
    commitment.options[0],
    ...(linked.length
      ? [
          group(gettext("For the chosen benchmarks"), linked),
          group(gettext("Other commitments"), options.filter((option) => !isLinked(option))),
        ]
      : options),
  );
  commitment.value = value;
  const fits = form.querySelector("[data-commitment-fits]");
  fits.hidden = !linked.some(({ dataset }) => "open" in dataset);
}

function group(label, options) {
  const element = document.createElement("optgroup");
  element.label = label;
  element.append(...options);
  return element;
}

form.addEventListener("change", ({ target }) => {
  if (isBenchmark(target)) followBenchmarks();
  if (target === indicator) showIndicator();
});
showIndicator();
// After Back, the browser has put the choices back.
window.addEventListener("pageshow", showIndicator);
