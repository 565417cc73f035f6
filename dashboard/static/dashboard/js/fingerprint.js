/* Says which file this is, so that an upload goes on after a reload: name, size, time, and a hash of both its ends.

   const mark = await fingerprint(file);   "1f3a…"
*/

const END_BYTES = 2 ** 20;

export async function fingerprint(file) {
  const ends = [file.slice(0, END_BYTES), file.slice(Math.max(0, file.size - END_BYTES))];
  const facts = `${file.name}|${file.size}|${file.lastModified}|`;
  const whole = await new Blob([facts, ...ends]).arrayBuffer();
  if (!window.crypto?.subtle) return `${facts}${weakHash(new Uint8Array(whole))}`.slice(0, 128);
  const digest = await window.crypto.subtle.digest("SHA-256", whole);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* FNV-1a, for pages that are served without TLS from another machine: browsers offer no SHA-256 there. */
function weakHash(data) {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16);
}
