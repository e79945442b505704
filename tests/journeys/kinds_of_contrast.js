// Notes in `window.uncontrasted` the visible texts among `window.unexamined` whose colours are not `known`; returns these
// colours, as numbers. `known` has a space between them.
//
// How well a text can be read depends on its own colour and size, the colours behind it, and, for a link, on the text
// around it. Nothing else of an element makes a difference to its contrast.
known => {
  const seen = new Set(known.split(" ")), fresh = new Set();
  const behind = element => {
    const colours = [];
    for (let each = element; each; each = each.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(each);
      if (backgroundImage !== "none" || opacity !== "1") colours.push(backgroundImage, opacity);
      if (backgroundColor !== "rgba(0, 0, 0, 0)") colours.push(backgroundColor);
      if (backgroundColor.startsWith("rgb(") && backgroundImage === "none") break; // nothing shines through
    }
    return colours;
  };
  const isText = node => node.nodeType === Node.TEXT_NODE && node.textContent.trim();
  // A part of the page that htmx loads may have taken the place of what was there.
  const texts = window.unexamined.filter(each => each.isConnected)
    .flatMap(each => [each, ...each.querySelectorAll("*")])
    .filter(each => (Array.from(each.childNodes).some(isText) || each.matches("input, textarea, select"))
      && each.checkVisibility({visibilityProperty: true, opacityProperty: true}));
  window.uncontrasted = texts.filter(each => {
    const style = getComputedStyle(each);
    const kind = [each.closest("svg") ? style.fill : style.color, style.fontSize, style.fontWeight, style.textShadow,
      each.matches("a, :disabled, [aria-disabled=true]"), style.textDecorationLine,
      each.parentElement ? getComputedStyle(each.parentElement).color : "", ...behind(each)].join(";").replaceAll(" ", "");
    const isNew = !seen.has(kind) && !fresh.has(kind);
    if (isNew) fresh.add(kind);
    return isNew;
  });
  return Array.from(fresh);
}
