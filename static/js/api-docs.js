// Starts Swagger UI; calls made from the page carry the session's CSRF token.
import { csrfToken } from "./api.js";

const place = document.getElementById("api-docs");

addEventListener("load", () => {
  const { SwaggerUIBundle } = globalThis;
  place.replaceChildren();
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.schemaUrl,
    // Nothing leaves this server: the badge would send the document to a validator elsewhere.
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
