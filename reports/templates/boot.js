"use strict";
// Runs before the first view is drawn, so that the others are never laid out. If the script of the report does not run,
// they are all shown.
document.documentElement.classList.add("js");
addEventListener("load", () => {
  if (!document.documentElement.classList.contains("ready")) document.documentElement.classList.remove("js");
});
