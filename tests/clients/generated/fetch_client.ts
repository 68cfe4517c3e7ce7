// The API by openapi-fetch with the types of openapi-typescript: a program for tests/test_generated_clients.py.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const PASSWORD = "correct horse battery staple";

function need<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

export async function run(site: string, name: string, content: Blob) {
  const client = createClient<paths>({ baseUrl: site });
  const account = need(
    await client.POST("/api/v1/auth/register", {
      body: { username: name, email: `${name}@example.org`, password: PASSWORD },
    }),
  );
  const grant = need(
    await client.POST("/api/v1/auth/token", {
      body: { login: account.username, password: PASSWORD, client: "native" },
    }),
  );
  client.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${grant.access}`);
    },
  });
  const video = need(
    await client.POST("/api/v1/videos", {
      body: { file: "", title: "Generated" },
      bodySerializer(body) {
        const form = new FormData();
        form.set("title", body.title ?? "");
        form.set("file", content, "clip.mp4");
        return form;
      },
    }),
  );
  const playlist = need(
    await client.POST("/api/v1/playlists", { body: { title: "List", video_ids: [video.id] } }),
  );
  const inside = { path: { playlist_id: playlist.id } };
  const items = need(await client.GET("/api/v1/playlists/{playlist_id}/items", { params: inside }));
  const path = { video_id: video.id };
  for (const text of ["one", "two", "three"]) {
    need(await client.POST("/api/v1/videos/{video_id}/comments", { params: { path }, body: { text } }));
  }
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page: components["schemas"]["PageOfComments"] = need(
      await client.GET("/api/v1/videos/{video_id}/comments", {
        params: { path, query: { page_size: 1, cursor } },
      }),
    );
    texts.push(...page.results.map((comment) => comment.text));
    cursor = page.next ? (new URL(page.next).searchParams.get("cursor") ?? undefined) : undefined;
  } while (cursor);
  const { error } = await client.GET("/api/v1/videos/{video_id}", {
    params: { path: { video_id: "AAAAAAAAAAA" } },
  });
  return {
    title: video.title,
    items: items.results.map((item) => item.video.id === video.id),
    comments: texts.sort(),
    error: error?.code,
  };
}
