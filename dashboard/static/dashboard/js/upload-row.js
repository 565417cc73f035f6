/* One recording on its way: percent, speed and time left; pause, resume, cancel; then its run.

   const row = new UploadRow(element, { section, isOnlyOne, next() {} });  row.take(file, mark, metadata);
*/

import { confirmed } from "./confirm.js";
import { say } from "./dom.js";
import { csrfToken, send } from "./http.js";
import { loadTus } from "./libraries.js";
import { RunProgress } from "./progress.js";
import { Rate } from "./rate.js";
import { bytes, remaining } from "./time.js";
import { mayPass, problemOf } from "./upload-problems.js";

const CHUNK_BYTES = 8 * 2 ** 20;
const RETRY_DELAYS_MS = [0, 1000, 3000, 10000, 30000];

export class UploadRow {
  constructor(element, uploads) {
    this.element = element;
    this.uploads = uploads;
    this.state = "new";
    this.run = new RunProgress(element.querySelector("[data-run]"));
    this.on("[data-pause]", () => this.pause());
    this.on("[data-resume]", () => this.begin());
    this.on("[data-choose]", () => uploads.section.querySelector("[data-upload-input]").click());
    this.on("[data-cancel]", () => this.cancel());
    element.addEventListener("lectern:done", (event) => {
      this.state = "done";
      if (!uploads.isOnlyOne) event.preventDefault();
    });
  }

  on(selector, listener) {
    this.find(selector).addEventListener("click", listener);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  get isSending() {
    return this.state === "sending";
  }

  get isQueued() {
    return this.state === "queued";
  }

  get isOver() {
    return ["done", "refused"].includes(this.state);
  }

  /* Says whether this row waits for that file since an earlier visit. */
  expects(mark, file) {
    return this.state === "waiting" && (this.upload.fingerprint ? this.upload.fingerprint === mark : this.upload.filename === file.name);
  }

  /* Shows an unfinished upload of an earlier visit. */
  wait(upload) {
    this.upload = upload;
    this.url = `${this.uploads.section.dataset.endpoint}${upload.id}/`;
    this.name(upload.filename, upload.length_bytes);
    this.showProgress(upload.offset_bytes, upload.length_bytes);
    this.enter("waiting", gettext("From an earlier visit: choose the same file to continue."));
  }

  refuse(file, [message, remedy]) {
    this.name(file.name, file.size);
    this.fail({ message, remedy });
  }

  take(file, mark, metadata) {
    Object.assign(this, { file, mark, metadata });
    this.name(file.name, file.size);
    this.enter("queued", gettext("Waiting for its turn"));
  }

  name(filename, size) {
    this.find("[data-name]").textContent = filename;
    this.find("[data-size]").textContent = bytes(size);
  }

  async begin() {
    this.enter("sending", gettext("Connecting"));
    this.showError(null);
    this.rate = new Rate();
    const tus = await loadTus();
    this.transfer ??= new tus.Upload(this.file, this.options());
    this.transfer.start();
  }

  options() {
    return {
      endpoint: this.uploads.section.dataset.endpoint,
      uploadUrl: this.url ?? null,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      metadata: this.metadata,
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken()),
      onShouldRetry: (error) => this.triesAgain(error),
      onProgress: (sent, total) => this.progress(sent, total),
      onSuccess: () => this.succeed(),
      onError: (error) => this.fail(problemOf(error)),
    };
  }

  triesAgain(error) {
    const passes = mayPass(error);
    if (passes) this.status(gettext("Connection lost. Trying again."));
    return passes;
  }

  progress(sent, total) {
    if (!this.isSending) return;
    this.rate.add(sent);
    this.showProgress(sent, total);
    const left = this.rate.left(total);
    const parts = [`${Math.floor((100 * sent) / total)} %`];
    if (this.rate.speed) parts.push(`${bytes(this.rate.speed)}/s`);
    if (left !== null) parts.push(remaining(left));
    this.status(sent === total ? gettext("Sent. The server checks the file.") : parts.join(" · "));
  }

  showProgress(sent, total) {
    this.find("[data-progress]").value = (100 * sent) / total;
  }

  pause() {
    this.transfer?.abort();
    this.enter("paused", gettext("Paused"));
    this.uploads.next();
  }

  async cancel() {
    const url = this.transfer?.url ?? this.url;
    const words = gettext("Cancel this upload? What was sent is deleted.");
    if (url && !this.isOver && !(await confirmed(words, gettext("Delete it")))) return;
    this.transfer?.abort();
    if (url && !this.isOver) await send("DELETE", url, undefined, { "Tus-Resumable": "1.0.0" }).catch(() => {});
    this.state = "done";
    this.element.remove();
    this.uploads.next();
  }

  async succeed() {
    this.enter("analysing", gettext("Sent"));
    say(interpolate(gettext("%s is sent."), [this.file.name]));
    try {
      const upload = await send("GET", this.transfer.url);
      if (upload.error) this.fail(upload.error);
      else this.follow(upload);
    } catch (problem) {
      this.fail(problem);
    }
    this.uploads.next();
  }

  follow(upload) {
    this.find("[data-run-place]").hidden = false;
    this.find("[data-status]").hidden = true;
    this.find("[data-progress]").hidden = true;
    this.run.start(upload.run_id, upload.report_url);
  }

  fail(problem) {
    this.enter(problem.isFinal === false ? "paused" : "refused", "");
    this.showError(problem);
    this.uploads.next();
  }

  showError(problem) {
    this.find("[data-error]").hidden = !problem;
    this.find("[data-message]").textContent = problem?.message ?? "";
    this.find("[data-remedy]").textContent = problem?.remedy ?? "";
  }

  enter(state, words) {
    this.state = state;
    this.element.dataset.state = state;
    this.find("[data-pause]").hidden = state !== "sending";
    this.find("[data-resume]").hidden = state !== "paused";
    this.find("[data-choose]").hidden = state !== "waiting";
    this.find("[data-progress]").hidden = state === "refused";
    this.find("[data-cancel]").hidden = state === "analysing";
    this.find("[data-cancel]").textContent = state === "refused" ? gettext("Remove") : gettext("Cancel");
    this.status(words);
  }

  status(words) {
    this.find("[data-status]").textContent = words;
  }
}
