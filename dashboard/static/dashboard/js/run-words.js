/* How a run stands, in words.

   title.textContent = titleOf(message);  detail.textContent = detailOf(message);  list.append(stageItem(stage));
*/

import { remaining } from "./time.js";

export function titleOf(message) {
  const active = message.stages.find((stage) => stage.state === "active");
  const words = {
    pending: gettext("Waiting"),
    started: active?.label ?? gettext("Working"),
    success: gettext("Done"),
    failure: gettext("The analysis stopped"),
    revoked: gettext("Cancelled"),
  };
  return words[message.state] ?? message.state;
}

export function detailOf(message) {
  if (message.state === "pending") {
    return message.queue_position ? interpolate(gettext("%s in front of it"), [message.queue_position]) : "";
  }
  if (message.state !== "started") return "";
  const percent = `${Math.floor(message.progress * 100)} %`;
  return message.eta_s === null ? percent : `${percent} · ${remaining(message.eta_s)}`;
}

export function stageItem(stage) {
  const item = document.createElement("li");
  item.className = `stage-${stage.state}`;
  item.textContent = stage.label;
  if (stage.state === "active") item.setAttribute("aria-current", "step");
  return item;
}
