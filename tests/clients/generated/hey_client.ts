// The API by the client that @hey-api/openapi-ts wrote: a program for tests/test_generated_clients.py.
import { client } from "./hey/client.gen";
import {
  authRegister,
  authToken,
  playlistItemsList,
  playlistsCreate,
  videoComment,
  videoComments,
  videosRead,
  videosUpload,
} from "./hey/sdk.gen";

const PASSWORD = "correct horse battery staple";

export async function run(site: string, name: string, content: Blob) {
  client.setConfig({ baseUrl: site, throwOnError: true });
  await authRegister({
    body: { username: name, email: `${name}@example.org`, password: PASSWORD },
    throwOnError: true,
  });
  const grant = await authToken({
    body: { login: name, password: PASSWORD, client: "native" },
    throwOnError: true,
  });
  client.setConfig({ auth: (scheme) => (scheme.scheme === "bearer" ? grant.data.access : undefined) });
  const file = new File([content], "clip.mp4", { type: "video/mp4" });
  const { data: video } = await videosUpload({ body: { file, title: "Generated" }, throwOnError: true });
  const { data: playlist } = await playlistsCreate({
    body: { title: "List", video_ids: [video.id] },
    throwOnError: true,
  });
  const { data: items } = await playlistItemsList({
    path: { playlist_id: playlist.id },
    throwOnError: true,
  });
  const path = { video_id: video.id };
  for (const text of ["one", "two", "three"]) {
    await videoComment({ path, body: { text }, throwOnError: true });
  }
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await videoComments({ path, query: { page_size: 1, cursor }, throwOnError: true });
    texts.push(...page.data.results.map((comment) => comment.text));
    cursor = page.data.next ? (new URL(page.data.next).searchParams.get("cursor") ?? undefined) : undefined;
  } while (cursor);
  const { error } = await videosRead({ path: { video_id: "AAAAAAAAAAA" }, throwOnError: false });
  return {
    title: video.title,
    items: items.results.map((item) => item.video.id === video.id),
    comments: texts.sort(),
    error: error?.code,
  };
}
