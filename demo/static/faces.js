// Faces drawn from a few words: no picture is loaded from anywhere.
"use strict";
(() => {
  const hair = {
    short: (c) => `<path d="M17 27c-2-13 6-19 15-19s17 6 15 19c-2-6-5-8-8-9-5 2-11 2-15 0-3 1-6 4-7 9z" fill="${c}"/>`,
    long: (c) => `<path d="M15 46c-4-24 3-38 17-38s21 14 17 38l-6 2V26c-5-1-8-3-10-6-3 4-7 6-11 6v22z" fill="${c}"/>`,
    bob: (c) => `<path d="M15 38c-3-19 4-30 17-30s20 11 17 30l-5 1V25c-4 0-9-2-12-6-3 4-8 6-12 6v14z" fill="${c}"/>`,
    bun: (c) => `<circle cx="32" cy="8" r="6" fill="${c}"/><path d="M16 29c-1-13 6-20 16-20s17 7 16 20c-2-7-5-10-16-11-11 1-14 4-16 11z" fill="${c}"/>`,
  };
  const extra = {
    glasses: '<g fill="none" stroke="#444" stroke-width="1.6"><circle cx="25.5" cy="31" r="5"/><circle cx="38.5" cy="31" r="5"/><path d="M30.5 31h3"/></g>',
    helmet: '<path d="M14 24c0-11 8-17 18-17s18 6 18 17z" fill="#f2b01e"/><rect x="11" y="22" width="42" height="5" rx="2.5" fill="#d9960a"/>',
    strawhat: '<path d="M20 20c1-9 6-13 12-13s11 4 12 13z" fill="#ecd28a"/><ellipse cx="32" cy="21" rx="24" ry="5" fill="#e2c272"/><path d="M20 18h24l.5 3h-25z" fill="#b5553a"/>',
  };
  const citizen = (f) => `<svg viewBox="0 0 64 64" aria-hidden="true"><rect width="64" height="64" fill="${f.back}"/>
    ${f.style === "long" || f.style === "bob" ? hair[f.style](f.hair) : ""}
    <path d="M12 64c1-13 9-18 20-18s19 5 20 18z" fill="${f.hair === "#c9c9cf" ? "#8c6a9c" : "#4f7fa8"}"/>
    <rect x="27" y="40" width="10" height="11" rx="5" fill="${f.skin}"/>
    <ellipse cx="32" cy="31" rx="13" ry="14.5" fill="${f.skin}"/>
    ${f.style === "short" || f.style === "bun" ? hair[f.style](f.hair) : `<path d="M19 27c1-9 6-13 13-13s12 4 13 13c-5-1-10-4-12-7-3 4-8 6-14 7z" fill="${f.hair}"/>`}
    <circle cx="26.5" cy="31.5" r="1.7" fill="#333"/><circle cx="37.5" cy="31.5" r="1.7" fill="#333"/>
    <path d="M27.5 38c2.5 2.6 6.5 2.6 9 0" fill="none" stroke="#9c5a4a" stroke-width="1.7" stroke-linecap="round"/>
    ${extra[f.extra] || ""}</svg>`;
  const tints = ["#2f6f8f", "#8a5a9e", "#b0652f", "#3c7d4e", "#a2415a", "#666"];
  const member = (name, n) => `<svg viewBox="0 0 64 64" aria-hidden="true"><rect width="64" height="64" fill="${tints[n % tints.length]}"/>
    <text x="32" y="42" text-anchor="middle" font-size="28" fill="#fff" font-family="inherit">${name.slice(0, 1)}</text></svg>`;
  const bot = '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" fill="#1f6f5c"/><path d="M10 13v6M15 10v12M20 8.5a11 11 0 0 1 0 15" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></svg>';
  window.faces = { citizen, member, bot };
})();
