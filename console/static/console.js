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
