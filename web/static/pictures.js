// Thumbnails that fail to load, or that another site refuses, are hidden.
import { onShow } from "./visit.js";

document.addEventListener("error", (event) => { if (event.target.matches?.(".thumb")) event.target.hidden = true; }, true);

// Some may have failed before this script ran.
onShow(() => {
  for (const picture of document.querySelectorAll(".thumb")) {
    if (picture.complete && picture.naturalWidth === 0 && picture.currentSrc) picture.hidden = true;
  }
});
