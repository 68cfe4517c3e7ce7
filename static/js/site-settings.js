// The page of the site's identity: show what an accent color looks like, and announce unreadable ones before saving.

const WHITE = [255, 255, 255];
const NEAR_BLACK = [11, 14, 15];

/** @param {string} color */
function channels(color) {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

/** @param {number[]} color */
function luminance(color) {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * @param {number[]} first
 * @param {number[]} second
 */
function contrast(first, second) {
  const [darker, lighter] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

for (const sample of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sample]"))) {
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById(sample.dataset.sample ?? ""));
  const button = sample.querySelector("span");
  const link = sample.querySelector("b");
  if (input && button && link) {
    const show = () => {
      const color = channels(input.value);
      const text = contrast(color, WHITE) >= contrast(color, NEAR_BLACK) ? WHITE : NEAR_BLACK;
      button.style.backgroundColor = input.value;
      button.style.color = `rgb(${text.join(" ")})`;
      link.style.color = input.value;
    };
    input.addEventListener("input", show);
    show();
    sample.hidden = false;
  }
}
