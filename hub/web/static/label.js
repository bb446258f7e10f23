/* A label scanned into a field (`data-scan`). On a French machine a scanner set to the US keyboard fills in
   "-Q&é" for 6A12: then what the keys mean by their position is put in its place. What a person types, and
   what already reads like a label, stays. The scanner's Enter sends no form where there are more fields; it does
   where the label is all that is asked for (`data-scan="sends"`). */
(() => {
  "use strict";
  const GAP_MS = 50; // a scanner types faster than this, a person slower
  const SHORTEST = 4;
  const LONGEST = 257;
  const LABEL = /^(?:\][A-Za-z][0-9A-Za-z])?[0-9A-Za-z ]+$/;

  const mend = (field, before, marks) => {
    const kept = field.value.startsWith(before) ? before : "";
    if (LABEL.test(marks) && !LABEL.test(field.value.slice(kept.length))) field.value = kept + marks;
  };

  document.querySelectorAll("input[data-scan]").forEach((field) => {
    let before = "";
    let marks = "";
    let lastMs = -Infinity;
    field.addEventListener("keydown", (event) => {
      if (event.timeStamp - lastMs > GAP_MS) [before, marks] = [field.value, ""];
      lastMs = event.timeStamp;
      if (event.code !== "Enter" && event.code !== "NumpadEnter") {
        if (marks.length < LONGEST) marks += wedgeMark(event);
      } else if (marks.length >= SHORTEST) {
        if (field.dataset.scan !== "sends") event.preventDefault();
        mend(field, before, marks);
        marks = "";
      }
    });
  });
})();
