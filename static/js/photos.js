// Photos shrunk before they leave the phone. Everything works without it.

const LONG_EDGE = 1600;
const QUALITY = 0.8;
const WORTH_SHRINKING = 400 * 1024;

/** Photos made small enough for a weak signal; one that cannot be read is sent as it is. */
async function shrink(input) {
  const files = await Promise.all([...input.files].map(smaller));
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  input.files = list.files;
}

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < WORTH_SHRINKING) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size
      ? new File([blob], file.name.replace(/\.[^.]*$/, ".jpg"), { type: "image/jpeg" })
      : file;
  } catch {
    return file;
  }
}

function helpWithPhotos(input) {
  let shrinking = null;
  input.addEventListener("change", () => {
    shrinking = shrink(input).finally(() => {
      shrinking = null;
    });
  });
  input.form.addEventListener("submit", (event) => {
    if (!shrinking) return;
    event.preventDefault();
    const button = event.submitter;
    // After this event is over: a form that is being submitted ignores a second call.
    shrinking.finally(() => setTimeout(() => input.form.requestSubmit(button)));
  });
}

for (const input of document.querySelectorAll("input[data-photos]")) helpWithPhotos(input);
