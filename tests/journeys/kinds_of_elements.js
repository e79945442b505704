// Notes in `window.unexamined` the topmost visible elements of kinds that are not `known`; returns these kinds.
// Kinds are numbers; `known` has a space between them.
//
// Two elements are of one kind if axe must say the same of both, but for their size: the same place among the same
// kinds, the same attributes, colours and type, both with or without a text, a name and a label of their own, and both
// leading to what is there (or not).
known => {
  const REFERENCES = new Set(["for", "headers", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls",
    "aria-owns", "aria-activedescendant", "aria-details", "aria-errormessage", "aria-flowto"]);
  const VALUES = new Set(["role", "type", "scope", "lang", "dir", "autocomplete", "tabindex", "class", "rel"]);
  const STYLES = ["color", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "opacity", "display",
    "position", "textDecorationLine"];
  const ids = new Map();
  for (const each of document.querySelectorAll("[id]")) ids.set(each.id, (ids.get(each.id) || 0) + 1);

  const number = text => { // a short hash (cyrb53)
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return 4294967296 * (2097151 & b) + (a >>> 0);
  };
  const isSaid = text => Boolean(text && text.trim());
  const attribute = ({name, value}) => {
    if (name === "id") return `id×${ids.get(value)}`;
    if (REFERENCES.has(name)) return `${name}:${value.split(/\s+/).map(id => ids.has(id)).join()}`;
    if (VALUES.has(name) || (name.startsWith("aria-") && name !== "aria-label")) return `${name}=${value}`;
    if (name === "href" && value.startsWith("#")) return `href#${value === "#" || ids.has(value.slice(1))}`;
    return `${name}:${isSaid(value)}`;
  };

  const seen = new Set(known.split(" ").map(Number)), fresh = new Set();
  window.unexamined = [];
  const note = (element, above, isInside) => {
    const style = getComputedStyle(element);
    const kind = number([above, element.tagName, ...Array.from(element.attributes, attribute).sort(),
      isSaid(element.textContent), ...Array.from(element.labels || [], label => isSaid(label.textContent)),
      ...STYLES.map(name => style[name])].join(" "));
    const isNew = element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !seen.has(kind);
    if (isNew) {
      fresh.add(kind);
      if (!isInside) window.unexamined.push(element);
    }
    for (const child of element.children) note(child, kind, isInside || isNew);
  };
  note(document.body, 0, false);
  return Array.from(fresh);
}
