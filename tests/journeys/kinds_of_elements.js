// Notes in `window.unexamined` the topmost visible elements of kinds that are not `known`; returns these kinds as
// `elements`, and as `layouts` what else is new about the page as a whole. Kinds are numbers; `known` has a space between
// them.
//
// Two elements are of one kind if axe must say the same of both, but for their size: the same place among the same
// kinds, the same attributes, colours and type, both with or without a text, a name and a label of their own, and both
// leading to what is there (or not).
//
// The rules about the whole page see more than kinds. New about a page are: another head or way past the navigation; an
// element of another kind that scrolls; a target of another kind that is small and has another one close by.
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

  const TARGETS = "a[href], button, input, select, textarea, summary, [tabindex], [role]:not(svg, img)";
  const LEAST = 24, SLACK = 1; // pixels of a target, by WCAG 2.2 AA; rounding
  const targets = [], scrolling = [];

  const seen = new Set(known.split(" ").map(Number)), fresh = new Set();
  window.unexamined = [];
  const note = (element, above, isInside) => {
    const style = getComputedStyle(element);
    const kind = number([above, element.tagName, ...Array.from(element.attributes, attribute).sort(),
      isSaid(element.textContent), ...Array.from(element.labels || [], label => isSaid(label.textContent)),
      ...STYLES.map(name => style[name])].join(" "));
    const isVisible = element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const isNew = isVisible && !seen.has(kind);
    if (isVisible && element.matches(TARGETS)) targets.push({element, kind, box: element.getBoundingClientRect()});
    if (["auto", "scroll"].some(how => how === style.overflowX || how === style.overflowY) &&
      (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)) {
      scrolling.push([kind, element.matches(TARGETS), Boolean(element.querySelector(TARGETS))]);
    }
    if (isNew) {
      fresh.add(kind);
      if (!isInside) window.unexamined.push(element);
    }
    for (const child of element.children) note(child, kind, isInside || isNew);
  };
  note(document.body, 0, false);

  const isSmall = ({box}) => Math.min(box.width, box.height) < LEAST + SLACK;
  const center = ({box}) => [box.left + box.width / 2, box.top + box.height / 2];
  const isClose = (target, other) => { // to the circle around the middle of a target, as WCAG measures
    const [x, y] = center(target), [otherX, otherY] = center(other);
    const toSide = Math.hypot(x - Math.min(Math.max(x, other.box.left), other.box.right),
      y - Math.min(Math.max(y, other.box.top), other.box.bottom));
    return toSide < LEAST / 2 + SLACK || (isSmall(other) && Math.hypot(x - otherX, y - otherY) < LEAST + SLACK);
  };
  const overlap = (target, other) => target.box.left < other.box.right && other.box.left < target.box.right
    && target.box.top < other.box.bottom && other.box.top < target.box.bottom;
  const isAmongText = ({element}) => Array.from(element.parentElement.childNodes)
    .some(node => node.nodeType === Node.TEXT_NODE && isSaid(node.textContent));
  const isTight = target => targets.some(other => other !== target
    && (overlap(target, other) || (isSmall(target) && isClose(target, other))));
  const head = document.head, html = document.documentElement;
  const layouts = [
    ["page", isSaid(document.title), html.lang, html.getAttribute("xml:lang"), document.body.ariaHidden,
      ...Array.from(head.querySelectorAll("meta[name=viewport], meta[http-equiv]"), each => each.content),
      Boolean(document.querySelector("main")), Boolean(document.querySelector("h1")),
      Array.from(document.querySelector("a[href^='#']")?.attributes || [], attribute).sort()],
    ...scrolling.map(each => ["scrolls", ...each]),
    ...targets.filter(isTight).map(each => ["tight", each.kind, isAmongText(each)]),
  ].map(each => number(each.join(" ")));
  return {elements: Array.from(fresh), layouts: Array.from(new Set(layouts)).filter(each => !seen.has(each))};
}
