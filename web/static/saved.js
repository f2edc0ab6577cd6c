// Searches that the reader keeps, in this browser alone.
import { isLive, whenShown } from "./visit.js";

const KEY = "searches";

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(({ label, search }) => typeof label === "string" && typeof search === "string") : [];
  } catch {
    return [];
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing keeps no searches either.
  }
  render();
}

// What tells a search from another: not the page of it, nor how it is shown.
function here() {
  const params = new URLSearchParams(location.search);
  for (const name of ["page", "lang", "theme", "pictures", "hashtag_like"]) params.delete(name);
  return params.toString();
}

function render() {
  const section = document.getElementById("saved-searches");
  if (!section) return;
  const kept = read();
  const home = document.getElementById("search").action;
  document.getElementById("saved-list").replaceChildren(...kept.map(({ label, search }) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${home}?${search}`;
    link.textContent = label;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "plain";
    forget.textContent = "×";
    forget.setAttribute("aria-label", `${document.body.dataset.forget}: ${label}`);
    forget.addEventListener("click", () => write(read().filter((one) => one.search !== search)));
    row.append(link, forget);
    return row;
  }));
  const button = document.getElementById("save-search");
  button.hidden = !here() || kept.some(({ search }) => search === here());
  button.onclick = () => write([...read(), { label: button.dataset.label, search: here() }]);
  section.hidden = kept.length === 0 && button.hidden;
}

if (isLive()) whenShown(render);
