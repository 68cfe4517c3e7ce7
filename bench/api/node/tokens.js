import jwt from "jsonwebtoken";
import { HttpError } from "./errors.js";

const SECRET = process.env.TOKEN_SECRET;

/** Return the account id in the request's bearer token, undefined without one. Throws 401 for a wrong one. */
export function accountId(request) {
  const token = request.headers.authorization?.replace("Bearer ", "");
  if (!token) return undefined;
  try {
    return jwt.verify(token, SECRET, { algorithms: ["HS256"] })._id;
  } catch {
    throw new HttpError(401, "Invalid access token");
  }
}

/** Return middleware that puts what `load(id)` finds into `request.user`; `isOptional` lets visitors pass. */
export function authenticate(load, { isOptional = false } = {}) {
  return async (request, response, next) => {
    const id = accountId(request);
    if (!id && isOptional) return next();
    const user = id && (await load(id));
    if (!user?.is_active) throw new HttpError(401, "Unauthorized");
    request.user = user;
    return next();
  };
}
