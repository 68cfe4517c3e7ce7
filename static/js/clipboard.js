// Copying text, with an answer on the button itself that is also read out.

/** Copies what `read()` returns when `button` is pressed. Without a clipboard the button is taken away. */
export function copies(button, read) {
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
