/* Speed and remaining time of a transfer, smoothed, and silent until it is worth saying.

   const rate = new Rate();  rate.add(sentBytes);  rate.speed;  rate.left(totalBytes);
*/

const HALF_LIFE_S = 3;
const WARM_UP_S = 3;

export class Rate {
  constructor(now_s = performance.now() / 1000) {
    this.startedAt = now_s;
    this.last = null;
    this.speed = null;
  }

  add(sent, now_s = performance.now() / 1000) {
    if (this.last && now_s - this.last.now_s < 0.2) return;
    if (this.last) this.learn((sent - this.last.sent) / (now_s - this.last.now_s), now_s - this.last.now_s);
    this.last = { sent, now_s };
  }

  learn(speed, passed_s) {
    const weight = 1 - 0.5 ** (passed_s / HALF_LIFE_S);
    this.speed = this.speed === null ? speed : this.speed + weight * (speed - this.speed);
  }

  /* Returns the seconds left, or null while it is too early to say. */
  left(total) {
    if (!this.speed || !this.last || this.last.now_s - this.startedAt < WARM_UP_S) return null;
    return (total - this.last.sent) / this.speed;
  }
}
