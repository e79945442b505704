// Send an update that waits on this device: first its files, one by one, then its fields. For pages and for the worker.
// Whatever breaks off can be begun again: a file that has arrived is not sent twice, and the server takes the key of
// the form once.

import { alone, find, keep, list, tellOthers } from "./outbox_store.js";
import { uploadBody } from "./uploads.js";

const BYTES_PER_SECOND = 2_000; // slower than any line that brings a file through
const SHORTEST_LIMIT = 45_000;
const AGAIN = new Set([408, 425, 429]);

class NoLine extends Error {}

const stops = new Set();

// Break off what this page is sending. Whether it has arrived is not known then; sending it again shows that.
export function stopSending() {
  for (const stop of stops) stop.abort();
}

// Ask the server. Throws NoLine if no answer comes, or none that decides anything.
async function ask(url, body, more = {}) {
  const bytes = body ? [...body.values()].reduce((sum, value) => sum + (value.size ?? value.length), 0) : 0;
  const stop = new AbortController();
  stops.add(stop);
  const limit = setTimeout(() => stop.abort(), SHORTEST_LIMIT + (bytes / BYTES_PER_SECOND) * 1_000);
  const options = { body, headers: { Accept: "application/json" }, mode: "same-origin", cache: "no-store", ...more };
  try {
    const answer = await fetch(url, { ...options, signal: stop.signal });
    if (answer.status >= 500 || AGAIN.has(answer.status)) throw new NoLine(answer.headers.get("Retry-After") ?? "");
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return isJson ? await answer.json() : { state: answer.type === "opaqueredirect" ? "signed_out" : "refused" };
  } catch (error) {
    throw error instanceof NoLine ? error : new NoLine();
  } finally {
    clearTimeout(limit);
    stops.delete(stop);
  }
}

const post = (url, body) => ask(url, body, { method: "POST" });

// Returns the new state: "sent", "asks", "refused", or "elsewhere" (somebody else, or nobody, is signed in here:
// nothing was sent). Throws NoLine. `token` is that of the page on which the person has just pressed Send.
async function attempt(entry, token) {
  if (token) {
    const said = await sendWith(entry, token);
    if (said.state !== "forged") return said;
  }
  const here = await ask(entry.token, undefined, { redirect: "manual" });
  if (`${here.account ?? ""}` !== entry.account) return { state: "elsewhere" };
  if (`${here.session ?? ""}` !== entry.session) return { state: "asks" };
  const said = await sendWith(entry, here.token);
  if (said.state === "forged") throw new NoLine(); // somebody signs in at this moment
  return said;
}

async function sendWith(entry, token) {
  const ours = [["csrfmiddlewaretoken", token]];
  while (entry.files.length) {
    const fields = [...ours, ...entry.fields.filter(([name]) => name === "kept_files")];
    const said = await post(entry.draft, uploadBody({ fields, ...entry.files[0] }));
    const sentences = [said.refused ?? said.sentence ?? []].flat();
    if (said.state === "forged") return said;
    if (said.state === "signed_out") return { state: "asks" };
    if (sentences.length || !said.files?.length) return { state: "refused", sentences };
    const had = new Set(fields.map(([, value]) => value));
    const added = said.files.filter(({ key }) => !had.has(`${key}`));
    entry.kept.push(...added);
    entry.fields.push(...added.map(({ key }) => ["kept_files", `${key}`]));
    entry.files.shift();
    await keep(entry);
  }
  const body = new FormData();
  for (const [name, value] of [...ours, ...entry.fields]) body.append(name, value);
  if (entry.isLate) body.append("send_later", "1");
  const said = await post(entry.url, body);
  if (said.state === "forged") return said;
  if (said.state === "signed_out") return { state: "asks" };
  if (said.state === "sent") return { state: "sent", sentences: [said.sentence], sentUrl: said.url };
  return { state: "refused", sentences: said.sentences ?? [] };
}

// Send one entry, and keep what came of it. Returns the entry, or undefined if somebody else works on it or it is gone.
export function sendEntry(key, { token } = {}) {
  return alone(key, async () => {
    const entry = await find(key);
    if (entry?.state !== "waiting") return entry;
    try {
      const came = await attempt(entry, token);
      if (came.state !== "elsewhere") Object.assign(entry, came);
      else entry.isElsewhere = true;
    } catch (error) {
      if (!(error instanceof NoLine)) throw error;
      entry.hasNoLine = true;
    }
    entry.isLate = true;
    const { isElsewhere, hasNoLine, ...kept } = entry;
    await keep(kept);
    tellOthers();
    return entry;
  });
}

// Send all that waits, of whomever. Returns whether something still waits for a connection.
export async function sendAll() {
  let isWaiting = false;
  for (const { key, state } of await list()) {
    if (state === "waiting") isWaiting = (await sendEntry(key))?.hasNoLine || isWaiting;
  }
  return isWaiting;
}
