// Loads the comments and their scripts when they scroll into view, on a click, or when the address names a comment.
import { style } from "./ui.js";

const section = document.querySelector("[data-comments]");
const lazy = section?.querySelector("[data-comments-lazy]");

async function show(link) {
  section.ariaBusy = "true";
  // What stands in for the rows is as high as they are, or higher: nothing below moves when they come.
  section.style.minBlockSize = `${section.offsetHeight}px`;
  const [{ load, openLinkedReply }] = await Promise.all([import("./comments/thread.js"), style("components/comments")]);
  await load(link.href);
  return openLinkedReply();
}

if (lazy) {
  const { hash, search } = location;
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      show(lazy);
    },
    { rootMargin: "200px" },
  );
  lazy.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    observer.disconnect();
    show(lazy);
  });
  if (hash === "#comments" || new URLSearchParams(search).has("comment")) {
    show(lazy).then((linked) => (linked ?? section).scrollIntoView());
  } else {
    observer.observe(lazy);
  }
} else if (section) {
  import("./comments/thread.js");
}
