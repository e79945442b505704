// Updates that wait on this device for a connection (IndexedDB, database "outbox"), for pages and for the worker. Each
// belongs to one account, by its number. An entry holds:
//
//   key        the form's send_key, which the server takes once
//   account, session    who wrote it, and when this person had signed in
//   url, draft, token   the addresses that take the update and its files, and that give a fresh CSRF token
//   about, at  the commitment's text, and when the person pressed Send
//   fields     pairs of name and value, without the CSRF token and without passwords
//   kept       the files that the server has: {key, name}; their keys are among the fields as kept_files
//   files      the files that it does not have yet: {file, name, originalSize}
//   state      "waiting"; "asks" (sign-in ended: the person decides); "refused" (with sentences); "writing" (goes back
//              into the form); "sent" (with sentences and sentUrl, until the person has read them)

const A_WEEK = 7 * 24 * 3_600_000;
const STORE = "entries";

export const goneAt = (entry) => entry.at + A_WEEK;

const open = () =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("outbox", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

async function inStore(mode, ask) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

export const find = (key) => inStore("readonly", (store) => store.get(key));
export const keep = (entry) => inStore("readwrite", (store) => store.put(entry));
export const remove = (key) => inStore("readwrite", (store) => store.delete(key));

// All entries, oldest first. Those that are older than a week are deleted.
export async function list() {
  const entries = await inStore("readonly", (store) => store.getAll());
  const isOld = (entry) => goneAt(entry) < Date.now();
  await Promise.all(entries.filter(isOld).map(({ key }) => remove(key)));
  return entries.filter((entry) => !isOld(entry)).sort((one, other) => one.at - other.at);
}

// Pages and the worker tell each other that something has changed.
const CHANNEL = "outbox";
const channel = "BroadcastChannel" in self ? new BroadcastChannel(CHANNEL) : undefined;
export const tellOthers = () => channel?.postMessage("changed");
export const onTold = (listen) => channel?.addEventListener("message", listen);

// Only one page or worker works on an entry at a time. Returns undefined if another one does, unless it `waits` for it.
export const alone = (key, work, { waits = false } = {}) =>
  navigator.locks
    ? navigator.locks.request(`outbox:${key}`, { ifAvailable: !waits }, (lock) => (lock ? work() : undefined))
    : work();
