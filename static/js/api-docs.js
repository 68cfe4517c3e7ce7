// Starts Swagger UI. Calls made from the page send the session's CSRF token.
import { csrfToken } from "./api.js";

const place = document.getElementById("api-docs");

// The page has a main part already, which this one is in.
const watcher = new MutationObserver(() => {
  const inner = place.querySelector("main");
  inner?.setAttribute("role", "none");
  if (inner) watcher.disconnect();
});

addEventListener("load", () => {
  const { SwaggerUIBundle } = globalThis;
  place.replaceChildren();
  watcher.observe(place, { childList: true, subtree: true });
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.schemaUrl,
    // The badge would send the document to a validator on another server.
    validatorUrl: null,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis],
    requestInterceptor(request) {
      request.headers["X-CSRFToken"] = csrfToken();
      return request;
    },
  });
});
