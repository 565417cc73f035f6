/* Requests to the API with the CSRF token; a refusal becomes a Problem with code, message and remedy.

   const run = await send("POST", "/api/runs/7/cancel/");
*/

export class Problem extends Error {
  constructor({ code = "", message = "", remedy = "", reason = "" } = {}, status = 0) {
    super(message || reason || gettext("The server did not answer."));
    this.code = code;
    this.remedy = remedy || (status ? "" : gettext("Check the connection and try again."));
    this.status = status;
  }
}

export function csrfToken() {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

export async function send(method, url, body = undefined, more = {}) {
  const headers = { ...more, Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(answer, response.status);
  return answer;
}

async function reach(url, options) {
  try {
    return await fetch(url, { credentials: "same-origin", ...options });
  } catch {
    throw new Problem();
  }
}
