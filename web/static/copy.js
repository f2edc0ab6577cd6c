// Buttons that copy a link.
import { onShow } from "./visit.js";

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard API needs HTTPS; copying a selection does not.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".copy");
  if (!button) return;
  await copy(button.dataset.copy);
  const words = button.firstChild.textContent;
  button.firstChild.textContent = document.body.dataset.copied;
  document.getElementById("status").textContent = document.body.dataset.copied;
  setTimeout(() => { button.firstChild.textContent = words; }, 1500);
});

onShow(() => {
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
});
