// Filters the list of the index while somebody types. LOTSE_INDEX comes from index.js, all words from the page.
"use strict";
(() => {
  const form = document.getElementById("search");
  const words = document.getElementById("words");
  const section = document.getElementById("section");
  const audience = document.getElementById("audience");

  // The same for Straße and strasse, Ärztin, Aerztin and arztin; the ranking of the assistant itself knows more.
  const fold = (text) =>
    text
      .toLowerCase()
      .replace(/ß/g, "ss")
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/([aou])e/g, "$1")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();

  const rows = [...document.querySelectorAll("[data-page]")].map((item) => {
    const { titles, lines } = LOTSE_INDEX[item.dataset.page];
    return {
      item,
      section: item.closest("section"),
      audience: item.dataset.audience.split(" "),
      flags: item.dataset.flags.split(" "),
      titles: fold(titles.join(" ")),
      lines: lines.map((shown) => ({ shown, folded: fold(shown) })),
      hit: item.querySelector(".hit"),
    };
  });

  const all = (text, wanted) => wanted.every((word) => text.includes(word));

  // The line that shows why a row is found: "" where its title does, null where nothing does.
  const found = (row, wanted) => {
    if (all(row.titles, wanted)) return "";
    const whole = row.lines.find((line) => all(line.folded, wanted));
    if (whole) return whole.shown;
    const together = row.titles + " " + row.lines.map((line) => line.folded).join(" ");
    if (!all(together, wanted)) return null;
    return row.lines.find((line) => wanted.some((word) => line.folded.includes(word)))?.shown ?? "";
  };

  const update = () => {
    const wanted = fold(words.value).split(" ").filter(Boolean);
    const flags = [...form.querySelectorAll("[name=flag]:checked")].map((box) => box.value);
    const counts = new Map(rows.map((row) => [row.section, 0]));
    let shown = 0;
    for (const row of rows) {
      const line = found(row, wanted);
      const fits =
        line !== null &&
        (!section.value || row.section.id === section.value) &&
        (!audience.value || row.audience.includes(audience.value)) &&
        flags.every((flag) => row.flags.includes(flag));
      row.item.hidden = !fits;
      row.hit.hidden = !line;
      row.hit.querySelector("q").textContent = line || "";
      counts.set(row.section, counts.get(row.section) + Number(fits));
      shown += Number(fits);
    }
    for (const [part, count] of counts) {
      part.hidden = count === 0;
      part.querySelector(".count").textContent = count;
    }
    document.getElementById("count").textContent = shown;
    document.getElementById("nothing").hidden = shown > 0;
  };

  form.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update));
  window.addEventListener("pageshow", update); // a browser that goes back keeps what was typed
})();
