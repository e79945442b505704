// Make a photograph small before it travels: on a slow line a telephone's picture takes minutes, and nobody needs its
// twelve million pixels to read a letter. Drawing it anew leaves out where it was taken, and by which telephone.

const LONGEST_SIDES = [2000, 1600, 1280, 1024];
const PREVIEW_SIDE = 160;
const BEST_QUALITY = 0.85;
// Lower qualities, and about how large a photograph becomes with each, beside the best.
const LOWER_QUALITIES = [
  [0.75, 0.7],
  [0.65, 0.58],
  [0.5, 0.45],
];
const MOST_BYTES = 300_000;
const HEIC = /\.hei[cf]$/i;
const TYPES = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png" };

// Returns the file to send and, if it is smaller than what was chosen, the size that was chosen. What is small already,
// what would not become smaller and what this browser cannot open goes as it is, without its place where that is easy.
export async function makeSmaller(file) {
  const type = HEIC.test(file.name) ? "image/heic" : TYPES[file.name.split(".").pop().toLowerCase()];
  if (!type || !(await drawsTruly())) return { file };
  const picture = await open(file);
  if (!picture) return { file };
  const isFine = file.size <= MOST_BYTES && Math.max(picture.width, picture.height) <= LONGEST_SIDES[0];
  const drawn = isFine && type !== "image/heic" ? null : await drawSmall(picture, type);
  picture.close();
  if (!drawn || (drawn.size >= file.size && type !== "image/heic")) return { file: await withoutPlace(file, type) };
  const name = drawn.type === type ? file.name : file.name.replace(/\.[^.]*$/, ".jpg");
  const made = new File([drawn], name, { type: drawn.type });
  return drawn.size < file.size ? { file: made, originalSize: file.size } : { file: made };
}

// Returns a photograph as a small drawing, or null if the file is none that this browser can open.
export async function drawPreview(file) {
  const picture = file.type.startsWith("image/") && (await drawsTruly()) ? await open(file) : null;
  if (!picture) return null;
  const drawn = draw(picture, PREVIEW_SIDE);
  picture.close();
  return drawn;
}

// Width and height with the longest side at most `most`, in proportion.
export function fit(width, height, most) {
  const part = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * part)), Math.max(1, Math.round(height * part))];
}

// A PNG is a screen or a scan: it stays one, with sharp letters, if it is small enough at full length. Otherwise it is
// a photograph in effect, and as a JPEG it takes a fraction of the room.
async function drawSmall(picture, type) {
  if (type === "image/png") {
    const png = await encode(draw(picture, LONGEST_SIDES[0]), "image/png");
    if (png && png.size <= MOST_BYTES) return png;
  }
  let canvas = picture;
  for (const side of LONGEST_SIDES) {
    canvas = draw(canvas, side);
    const best = await encode(canvas, "image/jpeg", BEST_QUALITY);
    if (!best || best.size <= MOST_BYTES) return best;
    for (const [quality, part] of LOWER_QUALITIES) {
      if (best.size * part > MOST_BYTES * 1.2) continue; // far from enough: a telephone need not try it
      const drawn = await encode(canvas, "image/jpeg", quality);
      if (drawn.size <= MOST_BYTES) return drawn;
    }
  }
  return encode(canvas, "image/jpeg", LOWER_QUALITIES.at(-1)[0]);
}

function draw(picture, side) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fit(picture.width, picture.height, side);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A JPEG has no transparency: what shows through is white, as on paper, not black.
function encode(canvas, type, quality) {
  if (type === "image/jpeg") {
    const pen = canvas.getContext("2d");
    pen.globalCompositeOperation = "destination-over";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob?.type === type ? blob : null), type, quality));
}

// Upright, as its EXIF says. Browsers that do not know the option turn it by themselves.
async function open(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  } catch {
    return null;
  }
}

// Some browsers give back noise instead of what was drawn, so that nobody is recognized by it. Then nothing is drawn.
async function drawsTruly() {
  try {
    const pen = document.createElement("canvas").getContext("2d");
    for (const x of [0, 1, 2, 3]) {
      pen.fillStyle = x % 2 ? "#fff" : "#204060";
      pen.fillRect(x, 0, 1, 1);
    }
    const found = pen.getImageData(0, 0, 4, 1).data;
    const drawn = [32, 64, 96, 255, 255, 255, 255, 255];
    return found.every((value, at) => Math.abs(value - drawn[at % 8]) < 4);
  } catch {
    return false;
  }
}

async function withoutPlace(file, type) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parts = type === "image/jpeg" ? jpegWithoutPlace(bytes) : pngWithoutPlace(bytes);
  return parts ? new File(parts, file.name, { type }) : file;
}

// The parts of a JPEG without its EXIF and XMP, or null if it has none. One that says how to turn it keeps just that:
// "turn" is the only entry of the EXIF that stands in its place.
export function jpegWithoutPlace(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 2)];
  let isChanged = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker < 0xff01 || marker === 0xffda) {
      parts.push(bytes.subarray(at)); // the pixels begin, or it is no JPEG as we know it
      break;
    }
    const next = at + 2 + view.getUint16(at + 2);
    if (marker === 0xffe1 || marker === 0xffed) {
      const turn = marker === 0xffe1 ? turnOf(view, at + 4, next) : 1;
      if (turn > 1) parts.push(new Uint8Array([...ONLY_TURN, turn, 0, 0, 0, 0, 0, 0, 0]));
      isChanged = true;
    } else parts.push(bytes.subarray(at, next));
    at = next;
  }
  return isChanged ? parts : null;
}

// EXIF with one entry, orientation (0x0112): the value and the end follow.
const ONLY_TURN = [
  0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0,
];

function turnOf(view, at, end) {
  try {
    if (view.getUint32(at) !== 0x45786966) return 1; // "Exif"
    const tiff = at + 6;
    const little = view.getUint16(tiff) === 0x4949;
    const first = tiff + view.getUint32(tiff + 4, little);
    for (let entry = first + 2; entry < Math.min(end, first + 2 + 12 * view.getUint16(first, little)); entry += 12)
      if (view.getUint16(entry, little) === 0x0112) return view.getUint16(entry + 8, little);
  } catch {
    // Damaged EXIF turns nothing.
  }
  return 1;
}

// The parts of a PNG without EXIF and texts, or null if it has none.
export function pngWithoutPlace(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 8)];
  let isChanged = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const next = at + 12 + view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (["eXIf", "tEXt", "iTXt", "zTXt"].includes(name)) isChanged = true;
    else parts.push(bytes.subarray(at, next));
    at = next;
  }
  return isChanged ? parts : null;
}
