/** Errors of the client, each with what a caller needs to decide what to do next. */

const MAX_DETAIL = 500;

/** The base of everything that the client throws on purpose. */
export class StreamsiteError extends Error {
  /** @param {string} message @param {{ cause?: unknown }} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No whole answer came: nothing is known about what the request did. */
export class NetworkError extends StreamsiteError {}

/** The answer is not one of a Streamsite API. */
export class NotStreamsite extends StreamsiteError {}

/** An upload did not get further. What has arrived is kept; the same call continues it. */
export class UploadInterrupted extends StreamsiteError {}

/** A file became another one while it was sent. */
export class FileChanged extends StreamsiteError {}

/** The video has no file that the caller may download. */
export class NotDownloadable extends StreamsiteError {}

/** There are no tokens: nobody has signed in, or the session was ended and forgotten. */
export class SignInRequired extends StreamsiteError {}

/** A video could not be processed. */
export class ProcessingFailed extends StreamsiteError {
  /** @param {{ code: string, detail: string, retryable: boolean }} failure */
  constructor({ code, detail, retryable }) {
    super(detail);
    this.code = code;
    this.retryable = retryable;
  }
}

/**
 * An answer of the API with a status of 400 or more. `code` is stable, `message` a sentence for people, `fields` the
 * problems of single fields, `requestId` what the site's operator finds the request by, `retryAfter` seconds to wait,
 * if the answer says so.
 */
export class ApiError extends StreamsiteError {
  /**
   * @param {number} status
   * @param {Record<string, any>} body
   * @param {Headers} headers
   */
  constructor(status, body, headers) {
    super(String(body.detail ?? `The site answered with status ${status}.`).slice(0, MAX_DETAIL));
    this.status = status;
    this.code = String(body.code ?? `http_${status}`);
    /** @type {Record<string, string[]>} */
    this.fields = typeof body.fields === "object" && body.fields ? body.fields : {};
    this.requestId = String(body.request_id ?? headers.get("x-request-id") ?? "");
    const seconds = Number(headers.get("retry-after") ?? NaN);
    /** @type {number | null} */
    this.retryAfter = Number.isFinite(seconds) ? Math.max(0, seconds) : null;
  }
}

/** 400: something sent is wrong. */
export class ValidationFailed extends ApiError {}
/** 401: no token, a token that is not accepted, or a refused sign-in. */
export class Unauthorized extends ApiError {}
/** 401 `otp_required` or `otp_invalid`: the password was right, a (new) code is needed. */
export class OtpRequired extends Unauthorized {}
/** 401 on refreshing: the session is over, and its tokens are forgotten. */
export class SessionEnded extends Unauthorized {}
/** 403: visible, but not to be changed by the caller. */
export class Forbidden extends ApiError {}
/** 404 or 410: not there, or hidden from the caller. */
export class NotFound extends ApiError {}
/** 409: not in this state. */
export class Conflict extends ApiError {}
/** 412: changed by somebody else since it was read. */
export class PreconditionFailed extends ApiError {}
/** 413: more than the site takes. */
export class TooLarge extends ApiError {}
/** 429: too many requests. */
export class Throttled extends ApiError {}
/** 500 or more: the site cannot answer now. */
export class Unavailable extends ApiError {}

/** @type {Record<number, typeof ApiError>} */
const BY_STATUS = {
  400: ValidationFailed,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: NotFound,
  412: PreconditionFailed,
  413: TooLarge,
  429: Throttled,
};

/**
 * Return the error that an answer of 300 or more stands for, as `kind` or by its status.
 * @param {Response} response
 * @param {typeof ApiError} [kind]
 * @returns {Promise<ApiError>}
 */
export async function errorOf(response, kind) {
  /** @type {unknown} */
  let body = null;
  try {
    body = JSON.parse(await response.text());
  } catch {
    // Not the API's: the status says what is known.
  }
  const found = /** @type {Record<string, any>} */ (typeof body === "object" && body ? body : {});
  const isOtp = found.code === "otp_required" || found.code === "otp_invalid";
  const byStatus = BY_STATUS[response.status] ?? (response.status >= 500 ? Unavailable : ApiError);
  const Kind = kind ?? (isOtp ? OtpRequired : byStatus);
  return new Kind(response.status, found, response.headers);
}
