// What forms keep on this device (draft.js): under the account's number, for a week at most, and gone with the account.

export const LONGEST = 60_000;
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

// Signing out takes with it what this device keeps: so it is saved first, where that can be (draft.js), else asked about.
// From then on this page keeps nothing any more (data-gone).
async function signOut(form, account) {
  const waits = [];
  document.dispatchEvent(new CustomEvent("draft:signing-out", { detail: waits }));
  await Promise.allSettled(waits);
  const question =
    "Something that you typed is on this device alone and could not be saved. It goes when you sign out. Sign out all the same?";
  if (isHolding(account) && !confirm(question)) return;
  document.body.dataset.gone = "";
  drop((key) => key.startsWith(`${BEGINS}${account}:`));
  form.submit();
}

// On every page: another account's goes, and what is too old; nothing goes because a session ended by itself. After a
// sign-out all goes: the server's answer asks the browser for that too (Clear-Site-Data), which not every browser heeds.
export function tidy() {
  try {
    const { account } = document.body.dataset;
    if (!account && localStorage.getItem(LEAVING)) drop(() => true);
    localStorage.removeItem(LEAVING);
    if (account) drop((key) => !key.startsWith(`${BEGINS}${account}:`));
    drop((key) => !(Date.now() - read(key)?.at < A_WEEK));
    for (const { dataset } of document.querySelectorAll("[data-draft-sent]"))
      localStorage.removeItem(keyOf(account, dataset.draftSent));
    document.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-signs-out]")) return;
      localStorage.setItem(LEAVING, account);
      if (!isHolding(account)) return;
      event.preventDefault();
      signOut(event.target, account);
    });
  } catch {
    // This browser keeps nothing.
  }
}
