// Saved searches, in the storage of this browser.
import { isLive, onShow } from "./visit.js";

const KEY = "searches";

function read() {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(saved) ? saved.filter(({ label, search }) => typeof label === "string" && typeof search === "string") : [];
  } catch {
    return [];
  }
}

function write(saved) {
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // The storage may be disabled or full.
  }
  render();
}

// The parameters that identify the present search: neither page nor preferences.
function currentSearch() {
  const params = new URLSearchParams(location.search);
  for (const name of ["page", "lang", "theme", "pictures", "hashtag_like"]) params.delete(name);
  return params.toString();
}

function render() {
  const section = document.getElementById("saved-searches");
  if (!section) return;
  const saved = read();
  const home = document.getElementById("search").action;
  document.getElementById("saved-list").replaceChildren(...saved.map(({ label, search }) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${home}?${search}`;
    link.textContent = label;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "plain";
    forget.textContent = "×";
    forget.setAttribute("aria-label", `${document.body.dataset.forget}: ${label}`);
    forget.addEventListener("click", () => write(read().filter((other) => other.search !== search)));
    row.append(link, forget);
    return row;
  }));
  const button = document.getElementById("save-search");
  button.hidden = !currentSearch() || saved.some(({ search }) => search === currentSearch());
  button.onclick = () => write([...read(), { label: button.dataset.label, search: currentSearch() }]);
  section.hidden = saved.length === 0 && button.hidden;
}

if (isLive()) onShow(render);
