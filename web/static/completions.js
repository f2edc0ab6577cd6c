// Completions below the search box, as an ARIA combobox.
const box = document.getElementById("q");
const list = document.getElementById("completions");
let pending = null;

box.setAttribute("role", "combobox");
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-expanded", "false");

async function complete() {
  pending?.abort();
  pending = new AbortController();
  if (!box.value.trim()) return close();
  const query = new URLSearchParams({ q: box.value, cursor: box.selectionStart });
  try {
    const response = await fetch(`${document.body.dataset.completions}?${query}`, { signal: pending.signal });
    if (!response.ok) return close();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (document.activeElement !== box) return;
    list.replaceChildren(...page.querySelectorAll("[role=option]"));
    const any = list.children.length > 0;
    list.hidden = !any;
    box.setAttribute("aria-expanded", String(any));
    box.removeAttribute("aria-activedescendant");
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

function close() {
  pending?.abort();
  list.hidden = true;
  list.replaceChildren();
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function selected() {
  return list.querySelector("[aria-selected=true]");
}

function move(step) {
  const options = [...list.children];
  const current = options.indexOf(selected());
  // The position beyond either end is the box itself.
  const next = (current + 1 + step + options.length + 1) % (options.length + 1) - 1;
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === next)));
  if (next >= 0) box.setAttribute("aria-activedescendant", options[next].id);
  else box.removeAttribute("aria-activedescendant");
}

function choose(option) {
  box.value = option.dataset.query;
  box.setSelectionRange(option.dataset.cursor, option.dataset.cursor);
  close();
  box.focus();
  box.dispatchEvent(new InputEvent("input", { bubbles: true, data: "" }));
}

box.addEventListener("input", (event) => {
  // A completion just chosen needs no further one, unless it is a field without a value.
  if (event.isComposing || (event.data === "" && !box.value.slice(0, box.selectionStart).endsWith(":"))) return;
  complete();
});
box.addEventListener("compositionend", complete);
box.addEventListener("blur", close);
box.addEventListener("keydown", (event) => {
  if (event.isComposing || list.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "Enter") {
    const option = selected();
    if (option) {
      event.preventDefault();
      choose(option);
    } else close();
  }
});
// Prevents the box from losing focus, which would close the list before the click.
list.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
