// The scripts of the pages. Without them, everything still works through links and forms.
import "./live_search.js";
import "./completions.js";
import "./histogram.js";
import "./help.js";
import "./saved_searches.js";
import "./keys.js";
import "./copy.js";
import "./pictures.js";
