// Builds everything the browser and the briefings load from this folder into dist/:
//
//   css/site.css     the parts of the U.S. Web Design System that we use, and our own
//   js/site.js       small improvements in the browser; every page works without them
//   js/draft.js      saves drafts of forms and sends their files; loaded where a form has data-draft
//   js/outbox.js     updates that wait for a connection; loaded on their form, and where some wait
//   js/worker.js     the service worker that sends them
//   js/passkey.js    passkeys; loaded where a form uses one
//   js/evidence.js   the form of evidence follows the chosen benchmark and indicator; loaded with that form
//   js/review.js     single-key shortcuts; loaded on pages for review
//   fonts/           Public Sans for the web: one variable file, 400 to 700, Latin-1
//   print/           Public Sans for WeasyPrint: whole TrueType files (WOFF2 is slow there), and Noto Sans for other
//                    scripts, each in a file of its own
//   img/             the icons we use as one sprite, the favicon, and images that the CSS uses
//
// Run with `npm ci && npm run build`. Django finds dist/ through STATICFILES_DIRS; its manifest
// storage adds a hash to the file names, so every url() in the CSS must lead to a file here.

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { transform } from "lightningcss";
import { compileAsync } from "sass";
import subsetFont from "subset-font";

import { icons } from "./icons.mjs";
import { followDirection } from "./logical.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const packageFolder = (name) =>
  path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
const uswds = path.join(here, "node_modules/@uswds/uswds");
const publicSans = packageFolder("@fontsource-variable/public-sans");

// Browsers of about the last four years; lightningcss expects major << 16.
const browsers = { chrome: 103 << 16, edge: 103 << 16, firefox: 102 << 16, safari: 15 << 16 };

const latin1 = [...Array(0xff - 0x20 + 1).keys()]
  .map((offset) => 0x20 + offset)
  .filter((code) => code < 0x7f || code >= 0xa0)
  .map((code) => String.fromCodePoint(code))
  .join("");
const typographic = "’‘“”–—…•−";

async function put(name, content) {
  const file = path.join(dist, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function copy(from, name) {
  const file = path.join(dist, name);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(from, file);
}

async function buildStyles(name) {
  const { css } = await compileAsync(path.join(here, `scss/${name}.scss`), {
    loadPaths: [path.join(uswds, "packages")],
    quietDeps: true,
  });
  const { code } = transform({
    filename: `${name}.css`,
    code: Buffer.from(css),
    minify: true,
    targets: browsers,
    visitor: followDirection,
  });
  await put(`css/${name}.css`, code);

  const named = code.toString().matchAll(/url\(["']?\.\.\/img\/([^"')]+)["']?\)/g);
  const images = new Set([...named].map(([, image]) => image));
  await Promise.all(
    [...images].map((image) => copy(path.join(uswds, "dist/img", image), `img/${image}`)),
  );
}

async function buildScript() {
  await build({
    entryPoints: ["site", "passkey", "review", "draft", "outbox", "evidence", "worker"].map((name) =>
      path.join(here, `js/${name}.js`),
    ),
    outdir: path.join(dist, "js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
  });
}

async function iconDrawing(source) {
  if (source.startsWith("<")) return source;
  const svg = await readFile(path.join(uswds, "dist/img/usa-icons", `${source}.svg`), "utf8");
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .trim();
}

async function buildImages() {
  const symbols = await Promise.all(
    Object.entries(icons).map(async ([name, source]) => {
      const drawing = await iconDrawing(source);
      return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
    }),
  );
  await put("img/sprite.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  await copy(path.join(here, "img/favicon.svg"), "img/favicon.svg");
}

// The scripts that documents print besides Public Sans's Latin: the package of Noto Sans that has the script, the name of its
// file there, and the first and last character of each range.
const scripts = {
  Arabic: ["noto-sans-arabic", "arabic", [0x600, 0x6ff], [0x750, 0x77f], [0xfb50, 0xfdff], [0xfe70, 0xfeff]],
  Armenian: ["noto-sans-armenian", "armenian", [0x531, 0x58f]],
  Bengali: ["noto-sans-bengali", "bengali", [0x964, 0x965], [0x980, 0x9ff]],
  Cyrillic: ["noto-sans", "cyrillic", [0x400, 0x45f], [0x490, 0x491], [0x4b0, 0x4b1]],
  CyrillicExtended: ["noto-sans", "cyrillic-ext", [0x460, 0x48f], [0x492, 0x4af], [0x4b2, 0x52f]],
  Devanagari: ["noto-sans", "devanagari", [0x900, 0x97f]],
  Ethiopic: ["noto-sans-ethiopic", "ethiopic", [0x1200, 0x139f], [0x2d80, 0x2ddf]],
  Georgian: ["noto-sans-georgian", "georgian", [0x10a0, 0x10ff], [0x1c90, 0x1cbf]],
  Greek: ["noto-sans", "greek", [0x370, 0x3ff]],
  Hebrew: ["noto-sans-hebrew", "hebrew", [0x590, 0x5ff], [0xfb1d, 0xfb4f]],
  Khmer: ["noto-sans-khmer", "khmer", [0x1780, 0x17ff], [0x19e0, 0x19ff]],
  Sinhala: ["noto-sans-sinhala", "sinhala", [0xd80, 0xdff]],
  Thaana: ["noto-sans-thaana", "thaana", [0x780, 0x7bf]],
  Thai: ["noto-sans-thai", "thai", [0xe00, 0xe7f]],
};
const shared = " \u00a0\u200c\u200d";

async function buildScriptFonts([name, [packageName, script, ...ranges]]) {
  const folder = packageFolder(`@fontsource-variable/${packageName}`);
  const whole = await readFile(path.join(folder, `files/${packageName}-${script}-wght-normal.woff2`));
  const characters = ranges
    .flatMap(([first, last]) => [...Array(last - first + 1).keys()].map((offset) => first + offset))
    .map((code) => String.fromCodePoint(code))
    .join("");
  for (const [face, wght] of Object.entries({ Regular: 400, Bold: 700 })) {
    const font = await subsetFont(whole, characters + shared, {
      targetFormat: "truetype",
      variationAxes: { wght },
    });
    await put(`print/NotoSans${name}-${face}.ttf`, font);
  }
}

async function buildFonts() {
  const variable = await readFile(
    path.join(publicSans, "files/public-sans-latin-wght-normal.woff2"),
  );
  const web = await subsetFont(variable, latin1 + typographic, {
    targetFormat: "woff2",
    variationAxes: { wght: { min: 400, max: 700 } },
  });
  await put("fonts/public-sans.woff2", web);
  await copy(path.join(publicSans, "LICENSE"), "fonts/OFL.txt");

  const faces = ["Regular", "Italic", "SemiBold", "Bold"];
  await Promise.all(
    faces.map((face) =>
      copy(
        path.join(uswds, "dist/fonts/public-sans", `PublicSans-${face}.ttf`),
        `print/PublicSans-${face}.ttf`,
      ),
    ),
  );
  await copy(path.join(publicSans, "LICENSE"), "print/OFL.txt");
  for (const script of Object.entries(scripts)) await buildScriptFonts(script);
  await copy(path.join(packageFolder("@fontsource-variable/noto-sans"), "LICENSE"), "print/OFL-Noto.txt");
}

await rm(dist, { recursive: true, force: true });
await Promise.all([buildStyles("site"), buildScript(), buildImages(), buildFonts()]);
