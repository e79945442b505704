// Save the draft of a form while the user types. form[data-draft] holds the address that saves it. The server gets the
// draft when the user pauses or leaves. This device keeps it under the account's number until the server confirms that
// it is saved; only then the page says "Saved". Files go only to the server, as soon as they are chosen
// (attachments.js). Passwords and tokens are never kept.

import { Attachments } from "./attachments.js";
import { LONGEST, OF_THE_FORM, keyOf, read } from "./kept.js";
import { gettext } from "./sentences.js";

const PAUSE = 2_500;
const LONGEST_WAIT = 60_000;
const OF_THE_LINES = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|(^|-)was$/;
const account = document.body.dataset.account;

const atTime = (moment) =>
  new Date(moment).toLocaleString(document.documentElement.lang, {
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  });

class Draft {
  constructor(form) {
    this.form = form;
    this.url = new URL(form.dataset.draft, location.href);
    this.key = keyOf(account, this.url.pathname);
    this.said = form.querySelector("[data-draft-said]");
    this.told = form.querySelector("[data-draft-told]");
    this.offer = form.querySelector("[data-draft-offer]");
    form.elements.draft_page.value = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2);
    this.saved = "unsaved" in form.dataset ? undefined : this.asDrawn();
    this.tries = 0;
    form.addEventListener("input", () => this.onTyped());
    form.addEventListener("change", () => this.onTyped());
    form.addEventListener("draft:use", ({ detail }) => this.takeBack(detail));
    addEventListener("online", () => this.isBehind && this.save());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("draft:signing-out", ({ detail }) => detail.push(this.save()));
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    this.offerBack();
    this.attachments = new Attachments(form, this);
    form.addEventListener("submit", (event) => event.defaultPrevented || this.isSent());
    if (!this.isOffering) this.onTyped();
  }

  // The form as the server sent it. On a slow connection the user may type or choose a file before this script loads.
  asDrawn() {
    const drawn = this.form.cloneNode(true);
    drawn.reset();
    return this.typed(drawn);
  }

  // The user's input, without files, passwords and fields that the page sends by itself.
  typed(form = this.form) {
    const secret = new Set([...form.querySelectorAll("input[type=password], input[autocomplete$=password]")].map(({ name }) => name));
    const pairs = [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && !OF_THE_FORM.test(name) && !secret.has(name),
    );
    return JSON.stringify(pairs);
  }

  ticked() {
    return JSON.stringify(new FormData(this.form).getAll("kept_files"));
  }

  get isBehind() {
    return this.typed() !== this.saved || this.ticked() !== this.savedTicks;
  }

  // Whether the form was handed over to be sent (outbox.js). Until it comes back, nothing of it is saved.
  get isWaiting() {
    return "waits" in this.form.dataset;
  }

  // What was handed over and not sent comes back into the form.
  takeBack({ typed, files }) {
    localStorage.setItem(this.key, JSON.stringify({ typed, at: Date.now() }));
    this.added(files);
    this.use(typed);
  }

  onTyped(atOnce = false) {
    if (!this.isBehind) return;
    this.typedAt = Date.now();
    this.keepHere();
    if (this.isHeld) return;
    this.say(gettext("Not saved yet."));
    this.later(atOnce ? 0 : PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  // Keep the input on this device, so that a lost connection or a closed page does not lose it. Returns whether that
  // worked; if so, leaving the page needs no warning (site.js).
  keepHere() {
    if (this.isOffering) return false; // the offered draft stays until the user has chosen
    try {
      localStorage.setItem(this.key, JSON.stringify({ typed: this.typed(), at: this.typedAt ?? Date.now() }));
      this.isKept(true);
      return true;
    } catch {
      this.isKept(false); // no space left, or storage is not allowed
      return false;
    }
  }

  isKept(it) {
    this.form.toggleAttribute("data-kept", it);
  }

  async save() {
    if (this.isSaving || this.isHeld || this.isWaiting || !this.isBehind) return;
    clearTimeout(this.timer);
    this.isSaving = true;
    const [typed, ticks] = [this.typed(), this.ticked()];
    this.say(gettext("Saving…"));
    let [wait, why] = [undefined, gettext("Not saved: there is no connection.")];
    try {
      const answer = await this.post();
      why = gettext("Not saved: TIP Tracker does not answer.");
      wait = await this.answered(answer, await answer.json(), { typed, ticks });
    } catch {
      this.tries += 1;
      wait = Math.min(LONGEST_WAIT, 2_000 * 2 ** Math.min(this.tries, 5));
      this.failed(why);
    }
    this.isSaving = false;
    if (!this.isHeld && this.isBehind) this.later(wait ?? PAUSE);
  }

  post(more = {}) {
    const body = new FormData(this.form);
    const headers = { Accept: "application/json" };
    return fetch(this.url, { method: "POST", body, headers, redirect: "error", mode: "same-origin", ...more });
  }

  // Handle the server's answer. Returns after how many milliseconds to try again, if known.
  async answered(answer, said, was) {
    if (answer.ok && said.state === "saved") return this.hasSaved(said, was);
    if (answer.status === 429) {
      this.failed(gettext("Not saved: you saved too often. We try again soon."));
      return 1_000 * Number(answer.headers.get("Retry-After") ?? 60);
    }
    if (said.state === "forged" && !this.isRenewed && (await this.renew())) return 0;
    if (said.state === "signed_out" || said.state === "forged") {
      this.failed(gettext("Not saved: you are signed out."));
      this.hold(gettext("Sign in again, in this tab or another one. Then come back to this page."), [
        [gettext("Sign in"), () => open("/", "_blank", "noopener")],
        [gettext("Try again"), () => this.again()],
      ]);
    } else if (said.state === "changed") {
      this.failed(gettext("Not saved: somebody saved this form on another page."));
      this.hold(said.sentence, [
        [gettext("Show the saved version"), () => location.reload()],
        [gettext("Save my version instead"), () => this.again(said.seen)],
      ]);
    } else if (said.state === "closed") {
      this.failed(gettext("Not saved: this form was already sent."));
      this.hold(said.sentence, [[gettext("Show what was sent"), () => location.reload()]]);
    } else {
      this.failed(gettext("Not saved."));
      const sentence = said.sentence ?? gettext("TIP Tracker cannot save this. Try again.");
      this.hold(sentence, [[gettext("Try again"), () => this.again()]]);
    }
    return undefined;
  }

  hasSaved(said, { typed, ticks }) {
    this.tries = 0;
    this.isRenewed = false;
    this.saved = typed;
    this.savedTicks = ticks;
    this.form.elements.draft_seen.value = said.seen;
    if (!this.isBehind) {
      if (!this.isOffering) localStorage.removeItem(this.key);
      this.isKept(true);
      this.say(gettext("Saved at %(time)s. Not sent yet.", { time: said.at }), gettext("Saved."));
    }
    if (said.refused.length) this.tell(said.refused.join(" "), [[gettext("Close"), () => this.untell()]]);
    return undefined;
  }

  // Show the files that the server accepted. The user can untick one that should not be sent. The draft takes them.
  added(files) {
    const list = this.form.querySelector("[data-draft-files]");
    const pattern = list?.querySelector("template");
    if (!pattern) return;
    for (const { key, name, size } of files) {
      if (list.querySelector(`input[value="${key}"]`)) continue;
      const row = pattern.content.cloneNode(true);
      const [input, label] = [row.querySelector("input"), row.querySelector("label")];
      input.value = key;
      input.dataset.size = size;
      input.id = label.htmlFor = `kept-${key}`;
      label.textContent = name;
      pattern.before(row);
    }
    list.hidden = false;
    this.onTyped(true);
  }

  // Say why the draft was not saved (a sentence), and what this device keeps of it.
  failed(why) {
    const sentences = [why];
    if (this.keepHere()) sentences.push(gettext("Your text is kept on this device."));
    if (this.attachments.isBusy)
      sentences.push(gettext("Your files are not kept. If you leave this page, choose them again."));
    this.say(sentences.join(" "), why);
  }

  // Show the text at once. Screen readers read it only if it has changed, so that they do not interrupt the user.
  say(text, aloud) {
    this.said.textContent = text;
    if (aloud && this.told.textContent !== aloud) this.told.textContent = aloud;
  }

  aloud(sentence) {
    this.told.textContent = sentence;
  }

  // Stop saving until the user decides.
  hold(sentence, ways) {
    this.isHeld = true;
    this.tell(sentence, ways);
  }

  again(seen) {
    if (seen !== undefined) this.form.elements.draft_seen.value = seen;
    this.isHeld = false;
    this.untell();
    this.saved = undefined;
    this.save();
  }

  tell(sentence, ways) {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.textContent = sentence;
    const buttons = document.createElement("p");
    buttons.className = "actions";
    for (const [label, press] of ways) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "usa-button usa-button--outline";
      button.textContent = label;
      button.addEventListener("click", press);
      buttons.append(button);
    }
    this.said.before(this.offer);
    this.offer.replaceChildren(words, buttons);
    this.offer.hidden = false;
  }

  untell() {
    this.offer.hidden = true;
    this.offer.replaceChildren();
  }

  // A page that was open during a new sign-in has an old CSRF token. Take the new one if the account is the same.
  async renew() {
    const answer = await fetch(location.href, { mode: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("main input[name=csrfmiddlewaretoken]")?.value;
    if (!token || page.body.dataset.account !== account) return false;
    this.form.elements.csrfmiddlewaretoken.value = token;
    this.isRenewed = true;
    return true;
  }

  // The form itself is on its way: the draft need not follow when the page closes.
  isSent() {
    clearTimeout(this.timer);
    this.left = this.typed() + this.ticked();
  }

  // The page closes: send what is possible without waiting. The input stays on this device until it is saved.
  leave() {
    const typed = this.typed();
    const isSaved = typed === this.saved && this.ticked() === this.savedTicks;
    if (this.isHeld || this.isWaiting || "gone" in document.body.dataset) return;
    if (isSaved || typed + this.ticked() === this.left) return;
    this.left = typed + this.ticked();
    this.keepHere();
    if (typed.length < LONGEST) this.post({ keepalive: true }).catch(() => {});
  }

  // Offer the input that stayed on this device because the connection or the page ended before it was saved.
  offerBack() {
    this.savedTicks = this.ticked();
    const kept = read(this.key);
    if (!kept) return;
    if (this.stands(kept.typed)) return this.saved && localStorage.removeItem(this.key);
    this.isOffering = true;
    const time = atTime(kept.at);
    this.tell(gettext("You typed something else on this device on %(time)s. Use it, or discard it?", { time }), [
      [gettext("Use it"), () => this.use(kept.typed)],
      [gettext("Discard it"), () => this.discard()],
    ]);
    this.form.prepend(this.offer);
    return undefined;
  }

  // Whether the form contains all of the typed input. The page may have more rows, and other row counts, than before.
  stands(typed) {
    const now = JSON.parse(this.typed());
    const pairs = new Set(now.map((pair) => JSON.stringify(pair)));
    const names = new Set(now.map(([name]) => name));
    return JSON.parse(typed).every(
      ([name, value]) =>
        pairs.has(JSON.stringify([name, value])) || OF_THE_LINES.test(name) || (!value && !names.has(name)),
    );
  }

  use(typed) {
    const pairs = JSON.parse(typed);
    this.isOffering = false;
    this.untell();
    this.fill(pairs);
    if (pairs.every(([name]) => this.form.elements[name])) this.onTyped(true);
    else this.takeOver(pairs);
  }

  // The input has rows that this page lacks: save it, so that the server draws them.
  async takeOver(pairs) {
    const body = new FormData(this.form);
    for (const name of new Set(pairs.map(([name]) => name))) body.delete(name);
    for (const [name, value] of pairs) body.append(name, value);
    const answer = await this.post({ body }).catch(() => undefined);
    if (answer?.ok) location.reload();
    else this.offerBack();
  }

  discard() {
    localStorage.removeItem(this.key);
    this.isOffering = false;
    this.untell();
    if (this.isBehind) this.onTyped();
  }

  fill(pairs) {
    const given = new Map();
    for (const [name, value] of pairs) given.set(name, [...(given.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      if (!field.name || OF_THE_FORM.test(field.name) || ["file", "password", "submit"].includes(field.type)) continue;
      const values = given.get(field.name) ?? [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
      else if (field.type !== "hidden") field.value = values.shift() ?? "";
    }
  }
}

// A colleague has sent this form, so the input on this device has no form any more. Show its text instead.
function showLeft(place) {
  const key = keyOf(account, place.dataset.draftLeft);
  const kept = read(key);
  if (!kept) return;
  const texts = JSON.parse(kept.typed).flatMap(([, value]) => (/\s/.test(value.trim()) ? [value] : []));
  place.querySelector("textarea").value = texts.join("\n\n");
  place.querySelector("button").addEventListener("click", () => {
    localStorage.removeItem(key);
    place.hidden = true;
  });
  place.hidden = false;
}

if (account) {
  for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
  for (const place of document.querySelectorAll("[data-draft-left]")) showLeft(place);
}
