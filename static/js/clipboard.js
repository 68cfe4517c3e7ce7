// Copy buttons that report the result in their own label, which screen readers announce.

/** Copy what `read()` returns when `button` is pressed. Without a clipboard the button is removed. */
export function copyOnClick(button, read) {
  if (!navigator.clipboard) {
    button.remove();
    return;
  }
  const words = button.firstChild;
  const before = words.textContent;
  let timer;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(read());
      words.textContent = "Copied";
    } catch {
      words.textContent = "Not copied";
    }
    clearTimeout(timer);
    timer = setTimeout(() => { words.textContent = before; }, 2000);
  });
}
