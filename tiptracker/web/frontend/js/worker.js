// The service worker. It sends updates that wait on this device when the connection is back, also if the page is closed
// (Background Sync). It intercepts nothing and stores no page: its scope is the folder of its own file, in which there
// are no pages, so that an old worker can't change what a page shows. Its address holds a hash of its content. A page
// that registers a newer one replaces it.

import { sendAll } from "./outbox_sending.js";

self.addEventListener("install", () => self.skipWaiting());

// If it fails, the browser tries again later.
async function sendOrFail() {
  if (await sendAll()) throw new Error("no connection");
}

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendOrFail());
});
