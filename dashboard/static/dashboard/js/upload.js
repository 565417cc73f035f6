/* Sends recordings: a drop zone and a chooser, several files, two at a time; unfinished ones are listed after a reload.

   <section data-upload data-endpoint="/api/uploads/" data-course="calculus" data-extensions=".mp4,.mov" data-max-bytes="8589934592">
     <div data-upload-drop>… <input type="file" data-upload-input></div> <ul data-upload-list></ul>
   </section>
*/

import { all } from "./dom.js";
import { fingerprint } from "./fingerprint.js";
import { send } from "./http.js";
import { bytes } from "./time.js";
import { UploadRow } from "./upload-row.js";

const PARALLEL = 2;

export function mountUpload(root) {
  for (const section of all(root, "[data-upload]")) new Uploads(section);
}

class Uploads {
  constructor(section) {
    this.section = section;
    this.list = section.querySelector("[data-upload-list]");
    this.rows = [];
    this.bindChooser();
    this.bindDrop();
    this.bindLeaving();
    this.restored = this.restore();
  }

  bindChooser() {
    const input = this.section.querySelector("[data-upload-input]");
    const takeChosen = () => {
      if (input.files.length > 0) this.take(input.files);
      input.value = "";
    };
    input.addEventListener("change", takeChosen);
    // A quick reader chooses files before this module has loaded.
    queueMicrotask(takeChosen);
  }

  bindDrop() {
    const drop = this.section.querySelector("[data-upload-drop]");
    const isOver = (state) => (event) => {
      event.preventDefault();
      drop.toggleAttribute("data-over", state);
    };
    drop.addEventListener("dragover", isOver(true));
    drop.addEventListener("dragleave", isOver(false));
    drop.addEventListener("drop", (event) => {
      isOver(false)(event);
      this.take(event.dataTransfer.files);
    });
  }

  bindLeaving() {
    window.addEventListener("beforeunload", (event) => {
      if (this.section.isConnected && this.rows.some((row) => row.isSending)) event.preventDefault();
    });
  }

  /* Lists what an earlier visit did not finish. */
  async restore() {
    const query = new URLSearchParams({ state: "receiving", course: this.section.dataset.course });
    const unfinished = await send("GET", `${this.section.dataset.endpoint}?${query}`).catch(() => []);
    for (const upload of unfinished) this.add().wait(upload);
  }

  async take(files) {
    const chosen = [...files];
    await this.restored;
    for (const file of chosen) await this.takeOne(file, chosen.length === 1);
    this.next();
  }

  async takeOne(file, isAlone) {
    const problem = this.check(file);
    if (problem) return this.add().refuse(file, problem);
    const mark = await fingerprint(file);
    const waiting = this.rows.find((row) => row.expects(mark, file));
    return (waiting ?? this.add()).take(file, mark, this.metadata(file, mark, isAlone));
  }

  check(file) {
    const { extensions, maxBytes } = this.section.dataset;
    const isVideo = extensions.split(",").some((extension) => file.name.toLowerCase().endsWith(extension));
    if (!isVideo) return [gettext("This is not a recording that Lectern reads."), gettext("Export it as MP4 (H.264).")];
    if (file.size === 0) return [gettext("The file is empty."), gettext("Export the recording again.")];
    if (file.size <= Number(maxBytes)) return null;
    const limit = interpolate(gettext("The limit is %s: export it with a lower bit rate or cut it in two."), [bytes(Number(maxBytes))]);
    return [gettext("The file is too large."), limit];
  }

  /* One title names one recording: several at once are named after their files. */
  metadata(file, mark, isAlone) {
    const title = isAlone ? this.section.querySelector("[data-upload-title]").value.trim() : "";
    const held = this.section.querySelector("[data-upload-held]").value;
    return { filename: file.name, course: this.section.dataset.course, title, held_at: held, fingerprint: mark };
  }

  add() {
    const place = document.getElementById("upload-row").content.cloneNode(true);
    this.list.append(place);
    const row = new UploadRow(this.list.lastElementChild, this);
    this.rows.push(row);
    return row;
  }

  /* Starts rows that wait for their turn. */
  next() {
    const sending = this.rows.filter((row) => row.isSending).length;
    for (const row of this.rows.filter((candidate) => candidate.isQueued).slice(0, Math.max(0, PARALLEL - sending))) row.begin();
  }

  get isOnlyOne() {
    return this.rows.filter((row) => !row.isOver).length <= 1;
  }
}
