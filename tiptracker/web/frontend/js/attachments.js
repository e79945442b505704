// Attach files to a form: each file that is chosen is made smaller if it is a photograph, checked, and sent by itself,
// with a bar and a button to cancel. What has arrived stands among the files of the form with a tick. Files travel one
// after the other, so that on a slow line the first ones arrive soon; the text is saved meanwhile (draft.js).

import { drawPreview, makeSmaller } from "./photos.js";
import { gettext } from "./sentences.js";
import { uploadFile } from "./uploads.js";

const LONGEST_WAIT = 60_000;
const { lang } = document.documentElement;
const percent = new Intl.NumberFormat(lang, { style: "percent" });

const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

// What `draft` (draft.js) does for it: `url`, `renew()` a CSRF token, `added(files)`, `aloud(sentence)`, `onTyped()`.
export class Attachments {
  constructor(form, draft) {
    this.form = form;
    this.draft = draft;
    this.rows = [];
    const rules = document.getElementById("upload-rules");
    this.inputs = [...form.querySelectorAll("input[type=file]")];
    if (!rules || !this.inputs.length) return;
    this.rules = JSON.parse(rules.textContent);
    this.list = document.createElement("ul");
    this.list.className = "uploads";
    form.querySelector("[data-draft-files]").before(this.list);
    this.fullSize = form.querySelector("[data-full-size] input");
    if (this.fullSize) this.fullSize.closest("[data-full-size]").hidden = false;
    form.addEventListener("change", ({ target }) => {
      if (this.inputs.includes(target)) this.take(target);
      else if (target.name === "kept_files") this.count();
    });
    form.addEventListener("submit", (event) => this.wait(event));
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => this.isBusy && event.preventDefault());
    for (const input of this.inputs) this.take(input); // chosen before this script was there
    this.count();
  }

  // Say at the control how many files are attached: the browser's own text says "No file chosen" once they were taken.
  count() {
    const { kept } = this;
    const arePhotos = kept.every(({ labels }) => /\.(jpe?g|png)\b/i.test(labels[0].textContent));
    const sentence = arePhotos ? gettext("Photographs attached: %(number)s", { number: kept.length })
      : gettext("Files attached: %(number)s", { number: kept.length });
    const legend = this.form.querySelector("[data-draft-files] legend");
    legend.textContent = kept.length ? sentence : gettext("No file is attached.");
    legend.classList.toggle("attached-count--some", kept.length > 0);
  }

  // Whether files would be lost with the page.
  get isBusy() {
    return this.rows.some(({ state }) => state !== "refused");
  }

  // Whether a file is still to arrive by itself.
  get isOnItsWay() {
    return this.rows.some(({ state, isToRetry }) => isToRetry || ["waiting", "sending"].includes(state));
  }

  take(input) {
    const isFull = this.fullSize?.checked;
    for (const file of input.files) this.rows.push(new Row(this, file, isFull));
    input.value = "";
    this.next();
  }

  // Send the next file, if none is on its way.
  async next() {
    if (this.rows.some(({ state }) => state === "sending")) return;
    const row = this.rows.find(({ state }) => state === "waiting");
    if (row) await row.send();
    if (row) this.next();
    else this.arrived();
  }

  retry() {
    for (const row of this.rows) if (row.isToRetry) row.again();
  }

  drop(row) {
    this.rows = this.rows.filter((each) => each !== row);
    if (row.item.contains(document.activeElement)) this.inputs[0].focus();
    row.item.remove();
    this.next();
  }

  get kept() {
    return [...this.form.querySelectorAll("input[name=kept_files]:checked")];
  }

  // Why a file cannot be sent: the sentence that the server would answer. Undefined if it can.
  problemOf({ name, size }) {
    const { rules } = this;
    const end = /\.[^.]*$/.exec(name.toLowerCase())?.[0] ?? "";
    if (!size) return fill(rules.empty, { name });
    if (size > rules.bytes) return fill(rules.oversized, { name, size: this.sizeOf(size) });
    if ([".heic", ".heif"].includes(end)) return fill(rules.apple, { name });
    if (!rules.types.includes(end)) return fill(rules.unknown, { name });
    if (this.kept.length >= rules.files) return fill(rules.excess, { name });
    const total = this.kept.reduce((sum, { dataset }) => sum + Number(dataset.size), size);
    return total > rules.total ? fill(rules.oversizedTotal, { size: this.sizeOf(total) }) : undefined;
  }

  sizeOf(bytes) {
    const megabytes = bytes / 1024 / 1024;
    const [unit, size] =
      megabytes < 1024 ? [this.rules.megabytes, megabytes] : [this.rules.gigabytes, megabytes / 1024];
    return fill(unit, { number: size.toLocaleString(lang, { maximumFractionDigits: 1 }) });
  }

  // The form is to be sent while files are on their way: send it when they are there.
  wait(event) {
    const button = event.submitter;
    if (event.defaultPrevented || button?.name === "drop_draft" || !this.rows.length) return;
    event.preventDefault();
    this.draft.onTyped();
    this.button = button ?? this.form.querySelector("button[type=submit]");
    this.arrived();
    this.handOver();
    if (this.isOnItsWay)
      this.say(gettext("Your files are still being sent. When they have arrived, we send this form."));
  }

  // All files are through, or stuck: go on with the form, or say which file holds it up.
  arrived() {
    const { button } = this;
    if (!button || this.isOnItsWay) return;
    this.button = undefined;
    if (!this.rows.length) {
      this.say("");
      button.click();
      return;
    }
    const [{ name, item }] = this.rows;
    this.say(gettext("This form was not sent, because “%(name)s” is not attached. Try again, or remove it.", { name }));
    item.querySelector("button").focus();
  }

  // The form is to be sent, and there is no connection: the files wait with it on this device, where that is possible
  // (outbox.js).
  handOver() {
    const { rows, button } = this;
    if (!button || button.hasAttribute("formaction")) return; // the draft is saved where there is a connection
    if (!rows.some(({ hasNoLine }) => hasNoLine) || rows.some(({ state }) => state === "refused")) return;
    const files = () => Promise.all(rows.map((row) => row.handOver()));
    const offer = new CustomEvent("outbox:send", { cancelable: true, detail: { files } });
    if (this.form.dispatchEvent(offer)) return; // nobody takes them
    this.button = undefined;
    this.rows = [];
    this.say("");
    this.list.replaceChildren();
  }

  say(sentence) {
    if (!this.said) {
      this.said = document.createElement("p");
      this.said.setAttribute("role", "status");
      this.form.querySelector("button[type=submit]:not([formaction]):not([hidden])").closest("p").after(this.said);
    }
    this.said.textContent = sentence;
  }
}

let rowNumber = 0;

// A file on its way: "waiting", "sending", "failed" (try again) or "refused".
class Row {
  constructor(attachments, file, isFull) {
    Object.assign(this, { attachments, file, isFull, name: file.name, state: "waiting", tries: 0 });
    const id = `upload-${(rowNumber += 1)}`;
    this.item = document.createElement("li");
    this.item.innerHTML = `<span class="uploads__name" id="${id}"></span><progress max="1" value="0"
      aria-labelledby="${id}"></progress><span class="uploads__said"></span><span class="uploads__buttons"></span>`;
    [this.label, this.bar, this.said, this.buttons] = this.item.children;
    this.label.textContent = file.name;
    this.show(gettext("Waiting."), [[gettext("Cancel"), () => this.cancel()]]);
    attachments.list.append(this.item);
  }

  show(sentence, buttons) {
    this.said.textContent = sentence;
    if (!buttons) return;
    const had = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(
      ...buttons.map(([label, press], at) => {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "usa-button usa-button--outline", textContent: label });
        button.id = `${this.label.id}-${at}`;
        button.setAttribute("aria-labelledby", `${button.id} ${this.label.id}`);
        button.addEventListener("click", press);
        return button;
      }),
    );
    if (had) this.buttons.firstChild.focus();
  }

  cancel() {
    clearTimeout(this.timer);
    this.stop?.abort();
    this.state = "refused";
    this.attachments.drop(this);
  }

  async handOver() {
    clearTimeout(this.timer);
    this.stop?.abort();
    await this.prepare();
    return { ...this.made, name: this.made.file.name };
  }

  again() {
    clearTimeout(this.timer);
    this.state = "waiting";
    this.isToRetry = this.hasNoLine = false;
    this.show(gettext("Waiting."), [[gettext("Cancel"), () => this.cancel()]]);
    this.attachments.next();
  }

  async send() {
    this.state = "sending";
    this.stop = new AbortController();
    try {
      await this.prepare();
      if (this.stop.signal.aborted) return;
      const problem = this.attachments.problemOf(this.made.file);
      if (problem) this.refuse(problem);
      else await this.upload();
    } catch (error) {
      if (error.name !== "AbortError") this.fail(gettext("Not sent: there is no connection."), true);
    }
  }

  async prepare() {
    if (this.made) return;
    this.show(gettext("Getting ready…"));
    this.made = this.isFull ? { file: this.file } : await makeSmaller(this.file);
  }

  async upload() {
    const { attachments, made } = this;
    const { draft, form, kept } = attachments;
    const fields = [["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]];
    for (const { value } of kept) fields.push(["kept_files", value]);
    const answer = await uploadFile({
      ...made,
      url: draft.url,
      fields,
      signal: this.stop.signal,
      onProgress: (part) => this.progress(part),
    });
    const said = answer.body ?? {};
    if (said.state === "forged" && !this.isRenewed) {
      this.isRenewed = true;
      if (await draft.renew()) return this.upload();
    }
    if (said.files?.length) return this.attached(said.files);
    const refusal = said.refused?.join(" ");
    if (answer.status === 200 && refusal) return this.refuse(refusal);
    if (["signed_out", "forged"].includes(said.state)) return this.fail(gettext("Not sent: you are signed out."));
    return this.fail(refusal || said.sentence || gettext("TIP Tracker cannot save this. Try again."), answer.retryAfter);
  }

  progress(part) {
    this.bar.value = part;
    this.show(part < 1 ? percent.format(part) : gettext("Checking the file…"));
  }

  attached(files) {
    const isHere = this.item.contains(document.activeElement);
    this.attachments.draft.added(files);
    this.attachments.count();
    this.preview(files[0].key);
    this.attachments.draft.aloud(gettext("“%(name)s” is attached.", { name: this.made.file.name }));
    if (isHere) document.getElementById(`kept-${files[0].key}`).focus();
    this.state = "attached";
    this.attachments.drop(this);
  }

  // Show a photograph small beside its name. It is drawn from the file at hand, so nothing is loaded.
  async preview(key) {
    const picture = await drawPreview(this.made.file);
    if (!picture) return;
    picture.className = "uploads__preview";
    picture.setAttribute("aria-hidden", "true");
    document.querySelector(`label[for="kept-${key}"]`)?.append(picture);
  }

  // `again` is true if there is no connection, or after how many seconds the server may be asked again.
  fail(sentence, again = 0) {
    this.state = "failed";
    this.bar.value = 0;
    this.isToRetry = Boolean(again);
    this.hasNoLine = again === true;
    this.tries += 1;
    const wait = again === true ? Math.min(LONGEST_WAIT, 2_000 * 2 ** Math.min(this.tries, 5)) : again * 1_000;
    if (again) this.timer = setTimeout(() => this.again(), wait);
    this.tell(sentence, [
      [gettext("Try again"), () => this.again()],
      [gettext("Remove"), () => this.cancel()],
    ]);
    this.attachments.handOver();
  }

  refuse(sentence) {
    this.state = "refused";
    this.bar.hidden = true;
    this.tell(sentence, [[gettext("Remove"), () => this.cancel()]]);
  }

  tell(sentence, buttons) {
    if (this.said.textContent !== sentence) this.attachments.draft.aloud(sentence);
    this.show(sentence, buttons);
  }
}
