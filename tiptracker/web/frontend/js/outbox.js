// Updates that wait on this device for a connection. On the form of an update (form[data-outbox-form], which holds the
// commitment's text) the button sends through here: without a connection, what was typed and chosen waits on this
// device, and is sent when the connection is back, by the service worker or by any open page. On every page, the person
// whom an entry belongs to sees it and decides; nobody else does. Without IndexedDB, the browser sends the form itself.

import { OF_THE_FORM, OUTBOX, keyOf } from "./kept.js";
import { sendEntry, stopSending } from "./outbox_sending.js";
import { alone, find, goneAt, keep, list, onTold, remove } from "./outbox_store.js";
import { gettext } from "./sentences.js";

const LONGEST_WAIT = 60_000;
const { account } = document.body.dataset;
const session = document.body.dataset.session ?? "";
const form = document.querySelector("form[data-outbox-form]");
const worker = form && register();
let sendsAlone = false; // whether the browser starts the worker when the connection is back
let isSending = false;
const causes = new Map(); // why an entry still waits, by its key
const receipts = []; // entries that were sent, as this page shows them
let canKeep = false;
let shown = "";
let tries = 0;
let timer;

// --- What the person sees --------------------------------------------------------------------------------------------

const onDay = (moment, more) =>
  new Date(moment).toLocaleString(document.documentElement.lang, { day: "numeric", month: "long", ...more });
const atTime = (moment) => onDay(moment, { hour: "2-digit", minute: "2-digit" });

function element(name, text = "", more = {}) {
  const made = Object.assign(document.createElement(name), more);
  made.textContent = text;
  return made;
}

function actions(ways) {
  const row = element("p", "", { className: "actions" });
  for (const [label, press] of ways) {
    const className = row.firstChild ? "usa-button usa-button--outline" : "usa-button";
    const button = element("button", label, { type: "button", className });
    button.addEventListener("click", () => press(button));
    row.append(button);
  }
  return row;
}

// What was typed, for a person who can't or won't send it.
function typedText(entry) {
  const texts = entry.typed.flatMap(([, value]) => (/\s/.test(value.trim()) ? [value] : []));
  const details = document.createElement("details");
  const names = [...entry.kept, ...entry.files].map(({ name }) => name).join(", ");
  const files = names ? [element("p", gettext("Files: %(names)s", { names }))] : [];
  details.append(element("summary", gettext("Show the text")), ...texts.map((text) => element("p", text)), ...files);
  for (const { classList } of details.querySelectorAll("p")) classList.add("verbatim");
  return details;
}

const goOn = (entry) => [gettext("Do not send: go on writing"), (button) => write(entry, button)];
const drop = (entry) => [gettext("Delete it"), () => discard(entry)];

function waiting(entry) {
  const { about } = entry;
  const until = gettext("It is kept here until %(date)s. Nobody else who signs in here sees it.", {
    date: onDay(goneAt(entry)),
  });
  if (causes.get(entry.key) === "elsewhere")
    return [
      gettext("What you wrote waits on this device"),
      [
        gettext("You are no longer signed in here. What you wrote about “%(about)s” waits on this device.", { about }),
        gettext("Sign in again, then confirm that it is to be sent."),
        until,
      ],
      [[gettext("Sign in"), () => location.assign(entry.url)]],
    ];
  const sentence = gettext("There is no connection. What you wrote about “%(about)s” waits on this device.", { about });
  const after = sendsAlone
    ? gettext("It is sent by itself when the connection is back. You can close this page.")
    : gettext("It is sent by itself when the connection is back and TIP Tracker is open in this browser.");
  return [
    gettext("What you wrote waits on this device"),
    [sentence, after, until],
    [[gettext("Send now"), (button) => sendNow(entry, button)], goOn(entry)],
  ];
}

function asks(entry) {
  const values = { about: entry.about, time: atTime(entry.at) };
  if (entry.session === session)
    return [
      gettext("You are signed out"),
      [
        gettext("What you wrote about “%(about)s” was not sent. It waits on this device.", values),
        gettext("Sign in again, then confirm that it is to be sent."),
      ],
      [[gettext("Sign in"), () => location.assign(entry.url)], drop(entry)],
    ];
  return [
    gettext("Send this now?"),
    [
      gettext("What you wrote about “%(about)s” on %(time)s was not sent before you were signed out.", values),
    ],
    [[gettext("Send it"), (button) => sendNow(entry, button)], goOn(entry), drop(entry)],
  ];
}

const refused = (entry) => [
  gettext("What you wrote was not sent"),
  [
    gettext("What you wrote about “%(about)s” on %(time)s was not accepted:", {
      about: entry.about,
      time: atTime(entry.at),
    }),
    ...(entry.sentences.length ? entry.sentences : [gettext("Open the form to see why.")]),
  ],
  [[gettext("Open the form with this text"), (button) => write(entry, button)], drop(entry)],
];

const PANELS = { waiting, asks, refused };

function panel(entry) {
  const [title, sentences, ways] = PANELS[entry.state](entry);
  const section = element("section", "", { className: "panel panel--next", tabIndex: -1 });
  const heading = element("h2", title, { id: `outbox-${entry.key}` });
  section.setAttribute("aria-labelledby", heading.id);
  section.append(heading, ...sentences.map((text) => element("p", text)), typedText(entry), actions(ways));
  return section;
}

function receipt({ sentences, sentUrl }) {
  const row = element("p", sentences.join(" "), { className: "usa-alert__text" });
  const link = element("a", gettext("Show what was sent"), { href: sentUrl });
  if (link.pathname !== location.pathname) row.append(" ", link);
  const [alert, body] = ["usa-alert usa-alert--slim usa-alert--success", "usa-alert__body"].map((className) =>
    element("div", "", { className }),
  );
  body.append(row);
  alert.append(body);
  return alert;
}

const place = element("div", "", { className: "outbox" });
place.setAttribute("aria-live", "polite");

// Show this person's entries, and the form only if none of them is its own.
async function show({ focuses } = {}) {
  if (isSending) return [];
  const entries = await list();
  flag(entries);
  const own = entries.filter((entry) => entry.account === account);
  const isHere = ({ url }) => url === location.pathname;
  for (const entry of own) {
    if (entry.state === "sent") await acknowledge(entry, form && isHere(entry));
    if (entry.state === "writing" && isHere(entry)) await takeBack(entry);
  }
  const open = own.filter(({ state }) => state in PANELS);
  if (form) {
    form.hidden = open.some(isHere);
    form.toggleAttribute("data-waits", form.hidden);
  }
  const now = JSON.stringify([open.map((entry) => [entry, causes.get(entry.key)]), receipts]);
  if (now === shown) return open;
  shown = now;
  if (!place.isConnected) document.querySelector("main > .wrap").prepend(place);
  place.replaceChildren(...receipts.map(receipt), ...open.map(panel));
  if (focuses) place.querySelector("section")?.focus();
  return open;
}

// A page without entries need not load this script (kept.js).
function flag(entries) {
  const accounts = new Set(entries.map((entry) => OUTBOX + entry.account));
  for (const key of Object.keys(localStorage))
    if (key.startsWith(OUTBOX) && !accounts.has(key)) localStorage.removeItem(key);
  for (const key of accounts) localStorage.setItem(key, "1");
}

async function acknowledge(entry, isOnItsForm) {
  localStorage.removeItem(keyOf(account, entry.draft));
  if (isOnItsForm) location.replace(entry.sentUrl); // and say it there
  else {
    receipts.push(entry);
    await remove(entry.key);
  }
}

// --- Sending ---------------------------------------------------------------------------------------------------------

// Send the form, or let it wait. What is sent is kept first, so that nothing is lost if the page ends.
async function send(files = () => []) {
  const entry = fromForm();
  entry.files.push(...(await files()));
  try {
    await keep(entry);
    localStorage.setItem(OUTBOX + account, "1");
  } catch {
    form.submit(); // there is no space left: as without this script
    return;
  }
  form.toggleAttribute("data-waits", true);
  isSending = true;
  const came = await sendEntry(entry.key, { token: form.elements.csrfmiddlewaretoken.value });
  if (came?.state === "sent") {
    localStorage.removeItem(keyOf(account, entry.draft));
    await remove(entry.key);
    location.assign(came.sentUrl);
  } else if (came?.state === "refused" && !came.files.length) {
    await remove(entry.key);
    submitAgain(came);
  } else {
    causes.set(entry.key, came?.isElsewhere ? "elsewhere" : "");
    isSending = false;
    document.dispatchEvent(new CustomEvent("sending:over"));
    await sendInBackground();
    await show({ focuses: true });
    later();
  }
}

function fromForm() {
  const secret = new Set([...form.querySelectorAll("input[type=password], input[autocomplete$=password]")].map(({ name }) => name));
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && !secret.has(name));
  const fields = pairs.filter(([, value]) => typeof value === "string");
  const ticked = form.querySelectorAll("input[name=kept_files]:checked");
  return {
    key: form.elements.send_key.value,
    account,
    session,
    url: location.pathname,
    draft: new URL(form.dataset.draft, location.href).pathname,
    token: form.dataset.token,
    about: form.dataset.outboxForm,
    at: Date.now(),
    fields,
    typed: fields.filter(([name]) => !OF_THE_FORM.test(name)),
    kept: [...ticked].map(({ value, labels, dataset }) => ({
      key: value,
      name: labels[0]?.textContent.trim() ?? "",
      size: dataset.size,
    })),
    files: pairs.flatMap(([, file]) => (file instanceof File && file.size ? [{ file, name: file.name }] : [])),
    state: "waiting",
  };
}

// The server refuses the update. Have the browser send the form, so that the page shows each error at its field. The
// files that have arrived travel no second time.
function submitAgain({ fields }) {
  const ticked = new Set(new FormData(form).getAll("kept_files"));
  for (const [name, value] of fields)
    if (name === "kept_files" && !ticked.has(value)) form.append(element("input", "", { type: "hidden", name, value }));
  for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
  form.submit();
}

// The person says so, perhaps after signing in again.
async function sendNow(entry, button) {
  button.textContent = gettext("Sending…");
  await keep({ ...entry, session, state: "waiting" });
  const came = await sendEntry(entry.key);
  causes.set(entry.key, came?.isElsewhere ? "elsewhere" : "");
  shown = "";
  await show({ focuses: true });
  if (!came?.hasNoLine) return;
  place.querySelector("section h2")?.after(element("p", gettext("There is still no connection.")));
  soon();
}

// Send what waits, as long as this page is open. The pauses grow. What the worker is sending at this moment is looked
// at again: the worker does not say whether somebody else is signed in.
async function sendWaiting() {
  clearTimeout(timer);
  let isUnsettled = false;
  for (const { key, state } of await show()) {
    if (state !== "waiting") continue;
    const came = await sendEntry(key);
    causes.set(key, came?.isElsewhere ? "elsewhere" : "");
    isUnsettled = !came || came.hasNoLine || isUnsettled;
  }
  await show();
  if (isUnsettled) later();
}

// Begin again with the shortest pause.
function soon() {
  tries = 0;
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(sendWaiting, Math.min(LONGEST_WAIT, 5_000 * 2 ** Math.min(tries, 5)));
  tries += 1;
}

function register() {
  return navigator.serviceWorker?.register(form.dataset.worker, { updateViaCache: "all" }).catch(() => undefined);
}

// Ask the browser to start the worker when the connection is back, where it can (Background Sync).
async function sendInBackground() {
  try {
    const registration = await worker;
    const isReady = new Promise((resolve) => {
      const coming = registration.installing ?? registration.waiting;
      if (!coming) resolve();
      coming?.addEventListener("statechange", () => coming.state === "activated" && resolve());
    });
    await Promise.race([isReady, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    await registration.sync.register("outbox");
    sendsAlone = true;
  } catch {
    sendsAlone = false;
  }
}

// --- Not sending -----------------------------------------------------------------------------------------------------

// Take the text back into its form, on its own page, unless it was sent at the last moment.
async function write(entry, button) {
  button.textContent = gettext("Stopping…");
  stopSending();
  const taken = await alone(entry.key, () => change(entry.key, "writing"), { waits: true });
  // What was refused has changed on the server: its form is drawn anew.
  if (!taken || (form && entry.url === location.pathname && entry.state !== "refused")) await show();
  else location.assign(entry.url);
}

async function change(key, state) {
  const entry = await find(key);
  if (!entry || entry.state === "sent") return undefined;
  await keep({ ...entry, state });
  return entry;
}

async function takeBack(entry) {
  if (!form) {
    // The form is closed: a colleague has sent it, or the commitment is settled.
    entry.state = "refused";
    entry.sentences = [gettext("Nothing can be sent on this now. You can copy your text.")];
    await keep(entry);
    return;
  }
  entry.state = "taken back";
  form.elements.send_key.value = newKey(); // it may have arrived, and what is written now is something else
  await remove(entry.key);
  form.hidden = false;
  form.removeAttribute("data-waits");
  form.dispatchEvent(
    new CustomEvent("draft:use", { detail: { typed: JSON.stringify(entry.typed), files: entry.kept } }),
  );
  const [input] = form.querySelectorAll("input[type=file]");
  const chosen = new DataTransfer();
  for (const { file } of entry.files) chosen.items.add(file);
  if (input && entry.files.length) {
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const text = form.querySelector("textarea");
  text?.focus();
  text?.setSelectionRange(text.value.length, text.value.length);
}

const newKey = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

async function discard(entry) {
  if (!confirm(gettext("Delete what you wrote from this device? You cannot undo it."))) return;
  stopSending();
  await alone(entry.key, () => remove(entry.key), { waits: true });
  localStorage.removeItem(keyOf(account, entry.draft));
  await show();
}

// --- Signing out -----------------------------------------------------------------------------------------------------

// Ask what becomes of this person's entries. Returns "keep", "delete" or "stay"; "keep" if there are none.
export async function askBeforeSigningOut() {
  const own = (await list()).filter((entry) => entry.account === account && entry.state in PANELS);
  if (!own.length) {
    await forget();
    return "keep";
  }
  const dialog = element("dialog", "", { className: "panel" });
  const heading = element("h2", gettext("Not everything was sent"), { id: "outbox-asks" });
  const entries = document.createElement("ul");
  entries.append(...own.map(({ about }) => element("li", about)));
  const choose = (choice) => () => dialog.close(choice);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(
    heading,
    element("p", gettext("These wait on this device and are not sent:")),
    entries,
    element("p", gettext("If you keep them, they wait until you sign in here again, for a week at most.")),
    element("p", gettext("Nobody else who signs in here sees them. We ask you before they are sent.")),
    actions([
      [gettext("Keep them and sign out"), choose("keep")],
      [gettext("Delete them and sign out"), choose("delete")],
      [gettext("Stay signed in"), choose("stay")],
    ]),
  );
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  dialog.remove();
  return dialog.returnValue || "stay";
}

export async function forget() {
  const entries = await list();
  const [own, others] = [true, false].map((isOwn) => entries.filter((entry) => (entry.account === account) === isOwn));
  await Promise.all(own.map(({ key }) => remove(key)));
  flag(others);
}

// --- Begin -----------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (event.target !== form || event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
  if (!canKeep) return;
  event.preventDefault();
  send();
});

// Files that could not be sent for want of a connection wait with the form (attachments.js).
form?.addEventListener("outbox:send", (event) => {
  if (!canKeep) return;
  event.preventDefault();
  send(event.detail.files);
});

async function begin() {
  try {
    await show();
  } catch {
    return; // this browser keeps nothing, and sends the form itself
  }
  if (!account) return;
  canKeep = true;
  onTold(() => show());
  addEventListener("online", () => {
    tries = 0;
    sendWaiting();
  });
  document.addEventListener("visibilitychange", () => document.hidden || sendWaiting());
  sendWaiting();
}

begin();
