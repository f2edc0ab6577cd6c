// What the pages do beyond links and forms; without it, everything is a link or a form.
import "./typing.js";
import "./completions.js";
import "./histogram.js";
import "./help.js";
import "./saved.js";
import "./comfort.js";
