/* Times and sizes in words.

   elapsed(754)          "12:34"
   remaining(95)         "about 2 min"
   bytes(1.8 * 2 ** 30)  "1.8 GB"
*/

export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

export function spoken(seconds) {
  const whole = Math.floor(seconds);
  const values = { minutes: Math.floor(whole / 60), seconds: whole % 60 };
  return interpolate(gettext("%(minutes)s minutes %(seconds)s seconds"), values, true);
}

export function remaining(seconds) {
  if (seconds < 10) return gettext("a few seconds left");
  if (seconds < 90) return interpolate(gettext("about %s s left"), [Math.round(seconds / 10) * 10]);
  return interpolate(gettext("about %s min left"), [Math.round(seconds / 60)]);
}

export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count > 0 ? Math.min(units.length - 1, Math.floor(Math.log(count) / Math.log(1024))) : 0;
  const value = count / 1024 ** power;
  return `${value.toFixed(value < 10 && power > 0 ? 1 : 0)} ${units[power]}`;
}
