/* The recording: own controls, a strip to seek on, the address of the moment, and the box around a face.

   <section data-player><div data-player-screen><video src="…"></video></div> <button data-player-action="play">…</button></section>

   Hears "lectern:seek" {time_s, lead_s, play, box}; tells "lectern:time" {time_s} at most four times a second.
*/

import { all, say, tell, whileThere } from "./dom.js";
import { elapsed, spoken } from "./time.js";

const TICK_MS = 250;
const STEP_S = 5;
const BOX_MS = 4000;
const SPEEDS = [1, 1.25, 1.5, 2, 0.5];

export function mountPlayer(root) {
  for (const section of all(root, "[data-player]")) new Player(section);
}

class Player {
  constructor(section) {
    this.section = section;
    this.video = section.querySelector("video");
    this.seekBar = section.querySelector("[data-player-seek]");
    this.toldAt = 0;
    this.bindVideo();
    this.bindControls();
    whileThere(section, document, "lectern:seek", (event) => this.seek(event.detail));
    this.openAddress();
  }

  bindVideo() {
    const { video } = this;
    video.addEventListener("timeupdate", () => this.tick());
    video.addEventListener("seeked", () => this.tick(true));
    video.addEventListener("play", () => this.showPlaying());
    video.addEventListener("pause", () => this.showPlaying());
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("error", () => {
      this.section.querySelector("[data-player-error]").hidden = false;
    });
  }

  bindControls() {
    const actions = {
      play: () => this.toggle(),
      back: () => this.go(this.video.currentTime - STEP_S),
      forward: () => this.go(this.video.currentTime + STEP_S),
      speed: (button) => this.nextSpeed(button),
      mute: (button) => this.mute(button),
      full: () => this.fullScreen(),
      copy: (button) => this.copyLink(button),
    };
    for (const button of this.section.querySelectorAll("[data-player-action]")) {
      button.addEventListener("click", () => actions[button.dataset.playerAction](button));
    }
    this.seekBar.addEventListener("input", () => this.go(Number(this.seekBar.value)));
  }

  openAddress() {
    const time_s = Number(new URL(window.location.href).searchParams.get("t"));
    if (time_s > 0) this.go(time_s, { keepAddress: true });
  }

  seek({ time_s, lead_s = 0, play = true, box = null }) {
    this.go(Math.max(0, time_s - lead_s), { address_s: time_s });
    if (play) this.video.play().catch(() => {});
    if (box) this.showBox(box);
    this.section.scrollIntoView({ block: "nearest" });
    say(interpolate(gettext("Moved to %s"), [spoken(time_s)]));
  }

  go(time_s, { address_s = time_s, keepAddress = false } = {}) {
    const end_s = this.video.duration || Number(this.seekBar.max);
    this.video.currentTime = Math.min(Math.max(0, time_s), end_s);
    this.tick(true);
    if (!keepAddress) writeAddress(address_s);
  }

  toggle() {
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  tick(isForced = false) {
    const now = performance.now();
    if (!isForced && now - this.toldAt < TICK_MS) return;
    this.toldAt = now;
    const time_s = this.video.currentTime;
    this.section.querySelector("[data-player-now]").textContent = elapsed(time_s);
    this.seekBar.value = String(time_s);
    this.seekBar.setAttribute("aria-valuetext", elapsed(time_s));
    this.section.querySelector("[data-player-head]").style.left = `${(100 * time_s) / Number(this.seekBar.max)}%`;
    tell("lectern:time", { time_s });
  }

  showPlaying() {
    const isPaused = this.video.paused;
    const button = this.section.querySelector('[data-player-action="play"]');
    relabel(button, isPaused ? gettext("Play") : gettext("Pause"), isPaused ? "play" : "pause");
  }

  nextSpeed(button) {
    const next = SPEEDS[(SPEEDS.indexOf(this.video.playbackRate) + 1) % SPEEDS.length];
    this.video.playbackRate = next;
    button.textContent = `${next}×`;
    button.setAttribute("aria-label", interpolate(gettext("Speed: %s times"), [next]));
  }

  mute(button) {
    this.video.muted = !this.video.muted;
    relabel(button, this.video.muted ? gettext("Sound on") : gettext("Sound off"), this.video.muted ? "muted" : "sound");
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.section.querySelector("[data-player-screen]").requestFullscreen?.();
  }

  async copyLink(button) {
    const address = writeAddress(this.video.currentTime);
    const label = button.querySelector("span:last-child");
    const before = label.textContent;
    const isCopied = await copy(address);
    label.textContent = isCopied ? gettext("Copied") : gettext("Copy it from the address bar");
    say(label.textContent, 0);
    setTimeout(() => {
      label.textContent = before;
    }, 2000);
  }

  showBox([left, top, right, bottom]) {
    const box = this.section.querySelector("[data-player-box]");
    const screen = box.parentElement.getBoundingClientRect();
    const scale = Math.min(screen.width / this.video.videoWidth, screen.height / this.video.videoHeight);
    const [x, y] = [(screen.width - this.video.videoWidth * scale) / 2, (screen.height - this.video.videoHeight * scale) / 2];
    Object.assign(box.style, {
      left: `${x + left * scale}px`,
      top: `${y + top * scale}px`,
      width: `${(right - left) * scale}px`,
      height: `${(bottom - top) * scale}px`,
    });
    box.hidden = false;
    setTimeout(() => {
      box.hidden = true;
    }, BOX_MS);
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function relabel(button, label, icon) {
  button.setAttribute("aria-label", label);
  button.title = label;
  button.querySelector(".icon").className = `icon icon-${icon}`;
}

function writeAddress(time_s) {
  const address = new URL(window.location.href);
  address.searchParams.set("t", String(Math.floor(time_s)));
  window.history.replaceState(window.history.state, "", address);
  return address.href;
}
