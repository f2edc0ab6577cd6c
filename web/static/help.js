// The help page in a drawer beside the hits.
const drawer = document.getElementById("help");
const link = document.getElementById("open-help");

export async function toggleHelp() {
  if (drawer.open) return drawer.close();
  const content = document.getElementById("help-content");
  if (!content.children.length) {
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    content.replaceChildren(...document.importNode(page.getElementById("content"), true).children);
  }
  drawer.showModal();
}

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("main.help")) return;
  event.preventDefault();
  toggleHelp();
});
drawer.addEventListener("click", (event) => { if (event.target === drawer) drawer.close(); });
