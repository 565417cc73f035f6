/* Follows a run: pushed over a WebSocket, asked for every few seconds where there is none; then shows the report.

   <div data-run="7" data-report-url="/lectures/3/"> <progress data-run-progress></progress> …</div>
*/

import { confirmed } from "./confirm.js";
import { all, say, sleep } from "./dom.js";
import { send } from "./http.js";
import { showReport } from "./report.js";
import { detailOf, stageItem, titleOf } from "./run-words.js";

const BACK_OFF_MS = [500, 1000, 2000, 5000, 10000];
const POLL_MS = 3000;
// After this many failed connections in a row the page asks instead.
const SOCKET_TRIES = 2;
// The server will not let this reader follow the run: it is gone, or the policy says no.
const FINAL_CODES = [4404, 4451];
const ACTIVE = ["pending", "started"];

export function mountProgress(root) {
  for (const element of all(root, "[data-run]")) {
    if (element.dataset.run) new RunProgress(element).follow();
  }
}

export class RunProgress {
  constructor(element) {
    this.element = element;
    this.failures = 0;
    this.spokenTenth = -1;
    this.find("[data-run-cancel]").addEventListener("click", () => this.cancel());
    this.find("[data-run-retry]").addEventListener("click", () => this.act("retry"));
    this.showState(element.dataset.runState || "pending");
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  get api() {
    return `/api/runs/${this.element.dataset.run}/`;
  }

  /* Starts for a run that the page did not know when it was made. */
  start(runId, reportUrl) {
    this.element.dataset.run = String(runId);
    this.element.dataset.reportUrl = reportUrl;
    this.follow();
  }

  follow() {
    if (!this.element.isConnected) return;
    if (this.failures >= SOCKET_TRIES) this.poll();
    else this.connect();
  }

  connect() {
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${window.location.host}/ws/runs/${this.element.dataset.run}/`);
    socket.addEventListener("message", (event) => {
      this.failures = 0;
      this.update(JSON.parse(event.data));
      if (!this.isActive || !this.element.isConnected) socket.close();
    });
    socket.addEventListener("close", (event) => FINAL_CODES.includes(event.code) || this.again());
    this.socket = socket;
  }

  async again() {
    if (!this.isActive) return;
    this.failures += 1;
    await sleep(BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length) - 1]);
    this.follow();
  }

  async poll() {
    while (this.element.isConnected && this.isActive) {
      await send("GET", this.api).then((message) => this.update(message), () => {});
      await sleep(POLL_MS);
    }
  }

  get isActive() {
    return ACTIVE.includes(this.element.dataset.runState || "pending");
  }

  update(message) {
    if (message.type !== "run") return;
    this.find("[data-run-progress]").value = message.progress;
    this.find("[data-run-title]").textContent = titleOf(message);
    this.find("[data-run-detail]").textContent = detailOf(message);
    this.find("[data-run-stages]").replaceChildren(...message.stages.map(stageItem));
    this.showError(message.error);
    this.showState(message.state);
    this.announce(message);
    if (message.state === "success") this.finish(message.report_url);
  }

  showState(state) {
    this.element.dataset.runState = state;
    this.find("[data-run-cancel]").hidden = !this.isActive;
    this.find("[data-run-leave]").hidden = !this.isActive;
    this.find("[data-run-retry]").hidden = !["failure", "revoked"].includes(state);
    this.find("[data-run-progress]").hidden = !this.isActive;
  }

  showError(error) {
    this.find("[data-run-error]").hidden = !error;
    this.find("[data-run-message]").textContent = error?.message ?? "";
    this.find("[data-run-remedy]").textContent = error?.remedy ?? "";
  }

  /* Says every tenth part, not every message. */
  announce(message) {
    const tenth = Math.floor(message.progress * 10);
    if (tenth === this.spokenTenth) return;
    this.spokenTenth = tenth;
    say(`${titleOf(message)} ${detailOf(message)}`);
  }

  finish(reportUrl) {
    if (this.isFinished) return;
    this.isFinished = true;
    const done = new CustomEvent("lectern:done", { bubbles: true, cancelable: true });
    const stays = "runStay" in this.element.dataset || !this.element.dispatchEvent(done);
    const link = this.find("[data-run-open]");
    link.href = reportUrl;
    link.hidden = !stays;
    if (!stays) showReport(reportUrl);
  }

  async cancel() {
    const words = gettext("Cancel the analysis? What is done so far is kept for another try.");
    if (await confirmed(words, gettext("Cancel it"))) this.act("cancel");
  }

  async act(verb) {
    try {
      const message = await send("POST", `${this.api}${verb}/`);
      this.failures = 0;
      const wasActive = this.isActive;
      this.update(message);
      if (!wasActive && this.isActive) this.follow();
    } catch (problem) {
      this.showError(problem);
    }
  }
}
