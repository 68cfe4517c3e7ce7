/** An error that the caller is told about. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Return `document`, or answer 404 when there is none. */
export function required(document, name) {
  if (!document) throw new HttpError(404, `${name} not found`);
  return document;
}
