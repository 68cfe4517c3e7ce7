/** Answer 200 in the usual envelope. */
export function answer(response, data, message = "Success") {
  response.status(200).json({ statusCode: 200, data, message, success: true });
}

/** Return `{page, limit, skip}` of the query. */
export function pageOf(request) {
  const page = Number(request.query.page) || 1;
  const limit = Number(request.query.limit) || 20;
  return { page, limit, skip: (page - 1) * limit };
}

/** Return a page as pagination plugins shape it. */
export function paginated(docs, totalDocs, { page, limit }) {
  const totalPages = Math.ceil(totalDocs / limit);
  return { docs, totalDocs, limit, page, totalPages, hasNextPage: page < totalPages, hasPrevPage: page > 1 };
}
