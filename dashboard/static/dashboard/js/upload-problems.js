/* What went wrong with a transfer: whether it may pass by itself, and what to tell the reader.

   if (!mayPass(error)) show(problemOf(error));   { message, remedy, isFinal }
*/

// Refusals that pass: somebody else writes, the offset moved, too many requests.
const PASSING = [409, 423, 429];
const DISK_FULL = 507;

export function mayPass(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || PASSING.includes(status) || (status >= 500 && status !== DISK_FULL);
}

/* Turns what the server said into message and remedy; without an answer the transfer can be resumed. */
export function problemOf(error) {
  const response = error.originalResponse;
  if (!response || response.getStatus() === 0) {
    const remedy = gettext("What was sent is kept. Check the connection, then resume.");
    return { message: gettext("Paused: the connection was lost."), remedy, isFinal: false };
  }
  try {
    const answer = JSON.parse(response.getBody());
    return { message: answer.message, remedy: answer.remedy };
  } catch {
    const remedy = gettext("What was sent is kept. Try again in a minute.");
    return { message: gettext("The server could not take the file."), remedy, isFinal: false };
  }
}
