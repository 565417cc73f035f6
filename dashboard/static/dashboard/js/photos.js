/* Makes chosen photos small before they are sent: what a telephone writes into them, and most of their size, stays here.

   <form data-photos><input type="file" name="photos" multiple></form>
*/

import { all } from "./dom.js";

const SIDE_PX = 1280;
const QUALITY = 0.9;

export function mountPhotos(root) {
  for (const form of all(root, "form[data-photos]")) {
    const input = form.querySelector("input[type=file]");
    input.addEventListener("change", () => replace(form, input));
  }
}

async function replace(form, input) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const chosen = new DataTransfer();
  for (const file of await Promise.all([...input.files].map(smaller))) chosen.items.add(file);
  input.files = chosen.files;
  button.disabled = false;
}

/* Returns the photo as a small JPEG; what the browser cannot read goes as it is, and the server says why it cannot be used. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => {
      canvas.toBlob(resolve, "image/jpeg", QUALITY);
    });
    return new File([blob], "photo.jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}
