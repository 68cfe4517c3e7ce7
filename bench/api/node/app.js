import express from "express";

/** Return an application with the routes of one variant. */
export function makeApp(routes) {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "16kb" }));
  app.get("/healthz", (request, response) => response.json({ ok: true }));
  app.use(routes);
  app.use((request, response) => response.status(404).json({ message: "Not found" }));
  app.use(answerError);
  return app;
}

// Express knows handlers of errors by their four parameters, of which the last is not used here.
function answerError(error, request, response, next) {
  const status = error.status ?? 500;
  if (status === 500) console.error(error);
  response.status(status).json({ success: false, message: status === 500 ? "Internal error" : error.message });
}
