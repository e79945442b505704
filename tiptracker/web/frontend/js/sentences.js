// Sentences in the language of the page. A page in another language than English holds their translations
// (tiptracker/web/script_sentences.py, which lists every sentence of our scripts).

const translations = JSON.parse(document.getElementById("sentences")?.textContent ?? "{}");

// Returns the sentence, with values for its placeholders: gettext("Saved at %(time)s.", { time: "14:05" }).
export const gettext = (sentence, values = {}) =>
  (translations[sentence] ?? sentence).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
