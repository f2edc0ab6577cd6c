// The choices below the search box, as a listbox that the keys move through.
const box = document.getElementById("q");
const list = document.getElementById("completions");
let asking = null;

box.setAttribute("role", "combobox");
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-expanded", "false");

async function ask() {
  asking?.abort();
  asking = new AbortController();
  if (!box.value.trim()) return close();
  const query = new URLSearchParams({ q: box.value, cursor: box.selectionStart });
  try {
    const response = await fetch(`${document.body.dataset.completions}?${query}`, { signal: asking.signal });
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
  asking?.abort();
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
  const before = options.indexOf(selected());
  // One place beyond either end stands for the box itself.
  const place = (before + 1 + step + options.length + 1) % (options.length + 1) - 1;
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
  if (place >= 0) box.setAttribute("aria-activedescendant", options[place].id);
  else box.removeAttribute("aria-activedescendant");
}

function take(option) {
  box.value = option.dataset.query;
  box.setSelectionRange(option.dataset.cursor, option.dataset.cursor);
  close();
  box.focus();
  box.dispatchEvent(new InputEvent("input", { bubbles: true, data: "" }));
}

box.addEventListener("input", (event) => {
  // What was just taken needs no completing, unless it waits for a value.
  if (event.isComposing || (event.data === "" && !box.value.slice(0, box.selectionStart).endsWith(":"))) return;
  ask();
});
box.addEventListener("compositionend", ask);
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
      take(option);
    } else close();
  }
});
// The box must not lose the focus to a choice before it is taken.
list.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const option = event.target.closest("[role=option]");
  if (option) take(option);
});
