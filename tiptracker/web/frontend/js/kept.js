// Drafts that forms keep on this device (draft.js): by account number, for at most a week, deleted on sign-out.

import { gettext } from "./sentences.js";

export const LONGEST = 60_000;
// Fields that a form sends by itself, which nobody has typed.
export const OF_THE_FORM =
  /^(csrfmiddlewaretoken|kept_files|draft_seen|draft_page|save_draft|drop_draft|send_key|last_version)$|-confirmed$/;
// An account's number behind this says that updates of that account may wait on this device (outbox.js).
export const OUTBOX = "outbox:";
const BEGINS = "draft:";
const A_WEEK = 7 * 24 * 3_600_000;
const LEAVING = "draft-account-signing-out";

export const keyOf = (account, address) => `${BEGINS}${account}:${address}`;

export function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && typeof kept.typed === "string" ? kept : null;
  } catch {
    return null;
  }
}

const drop = (isToGo) => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(BEGINS) && isToGo(key)) localStorage.removeItem(key);
};

const isHolding = (account) => Object.keys(localStorage).some((key) => key.startsWith(`${BEGINS}${account}:`));

const waits = () => Object.keys(localStorage).some((key) => key.startsWith(OUTBOX));
const outbox = () => import(document.body.dataset.outbox).catch(() => undefined);

// Signing out deletes the drafts on this device. So they are saved first if possible (draft.js); otherwise the user is
// asked. After that this page keeps nothing more (data-gone). Updates that wait for a connection stay only if the user
// says so, and those of others stay.
async function signOut(form, account) {
  const saves = [];
  document.dispatchEvent(new CustomEvent("draft:signing-out", { detail: saves }));
  await Promise.allSettled(saves);
  const question = gettext("Some text is saved only on this device. If you sign out, it is deleted. Sign out?");
  if (isHolding(account) && !confirm(question)) return;
  const script = waits() && (await outbox());
  const choice = script && (await script.askBeforeSigningOut());
  if (choice === "stay") return;
  if (choice === "delete") await script.forget();
  if (waits() && !script && !confirm(question)) return; // the script that asks did not come
  if (waits() && script) form.insertAdjacentHTML("beforeend", '<input type="hidden" name="keep_on_device" value="1">');
  document.body.dataset.gone = "";
  drop((key) => key.startsWith(`${BEGINS}${account}:`));
  form.submit();
}

async function unregisterWorkers() {
  for (const one of (await navigator.serviceWorker?.getRegistrations()) ?? []) one.unregister();
}

// On every page: delete drafts of other accounts and drafts that are too old. A session that expires deletes nothing.
// After a sign-out delete everything. The server also asks the browser to do so (Clear-Site-Data), but not every
// browser does.
export function tidy() {
  try {
    const { account } = document.body.dataset;
    if (!account && localStorage.getItem(LEAVING)) {
      drop(() => true);
      if (!waits()) unregisterWorkers();
    }
    localStorage.removeItem(LEAVING);
    if (waits()) outbox();
    if (account) drop((key) => !key.startsWith(`${BEGINS}${account}:`));
    drop((key) => !(Date.now() - read(key)?.at < A_WEEK));
    for (const { dataset } of document.querySelectorAll("[data-draft-sent]"))
      localStorage.removeItem(keyOf(account, dataset.draftSent));
    document.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-signs-out]")) return;
      localStorage.setItem(LEAVING, account);
      if (!isHolding(account) && !waits()) return;
      event.preventDefault();
      signOut(event.target, account);
    });
  } catch {
    // This browser has no storage.
  }
}
