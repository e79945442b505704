// Lets the parts of the design system follow the direction of the page. Its style sheets say left and right; pages in a
// language that is written from right to left need start and end. From left to right, both mean the same.

const INLINE_SIDES = { left: "inline-start", right: "inline-end" };

const rename = (property) => (declaration) => ({ ...declaration, property });

// A shorthand of four sides stays as it is where both its sides are the same.
const split = (name) => (declaration) => {
  const { top, right, bottom, left } = declaration.value;
  if (JSON.stringify(left) === JSON.stringify(right)) return declaration;
  return [
    { property: `${name}-block`, value: { blockStart: top, blockEnd: bottom } },
    { property: `${name}-inline`, value: { inlineStart: left, inlineEnd: right } },
  ];
};

const sides = Object.entries(INLINE_SIDES).flatMap(([side, inlineSide]) => [
  [side, rename(`inset-${inlineSide}`)],
  ...["margin", "padding", "border"].map((box) => [`${box}-${side}`, rename(`${box}-${inlineSide}`)]),
  ...["color", "style", "width"].map((what) => [
    `border-${side}-${what}`,
    rename(`border-${inlineSide}-${what}`),
  ]),
]);

// A visitor of lightningcss.
export const followDirection = {
  Declaration: {
    ...Object.fromEntries(sides),
    margin: split("margin"),
    padding: split("padding"),
    // Only left: _right_to_left.scss means the right side itself.
    "text-align": (declaration) =>
      declaration.value === "left" ? { ...declaration, value: "start" } : declaration,
  },
};
