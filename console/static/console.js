"use strict";
// Typing counts as being there: at most every five minutes the session is renewed.
let told = Date.now();
document.addEventListener("input", () => {
  if (Date.now() - told > 5 * 60 * 1000) {
    told = Date.now();
    fetch("/console/alive", { redirect: "manual" });
  }
});
// One press is one step.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.target === "_blank") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
document.querySelectorAll("[data-all]").forEach((all) => all.addEventListener("change", () => {
  document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach((box) => { box.checked = all.checked; });
}));
// Keys: j and k go down and up a list, o opens, r goes to the reply on a case's page.
const rows = [...document.querySelectorAll("main [data-no]")].filter((row) => row.querySelector("a[href]"));
let at = -1;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "j" || event.key === "k") {
    if (!rows.length) return;
    rows[at]?.classList.remove("at");
    at = Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)));
    rows[at].classList.add("at");
    const link = rows[at].querySelector("a[href]");
    link.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  } else if (event.key === "o" && at >= 0) {
    rows[at].querySelector("a[href]").click();
  } else if (event.key === "r") {
    const field = document.querySelector("form[data-act=draft] textarea");
    if (field) { event.preventDefault(); field.focus(); }
  }
});
