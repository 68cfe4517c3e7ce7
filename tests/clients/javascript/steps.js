// What a program of Node does with clients/js. Each step prints one JSON value: node steps.js STEP {arguments}.

import { writeFile } from "node:fs/promises";
import { Client, Conflict, NotFound, ProcessingFailed, SessionEnded, ValidationFailed } from "streamsite-client";
import { downloadToFile, FileMemory, FileStore, openFile } from "streamsite-client/node";

const [step, given] = [process.argv[2], JSON.parse(process.argv[3])];
const client = new Client(given.site, { store: given.tokens && new FileStore(given.tokens) });

const steps = {
  async register() {
    const { username, password } = given;
    await client.account.register({ username, password, email: `${username}@example.org` });
    const account = await client.account.signIn(username, password);
    return account.username;
  },

  /** Upload; with `stopAfter` the process ends when so many bytes have arrived. */
  async upload() {
    const file = await openFile(given.file);
    const offsets = [];
    const onProgress = (sent, total) => {
      offsets.push([sent, total]);
      if (given.stopAfter && sent >= given.stopAfter) process.exit(7);
    };
    const memory = new FileMemory(given.memory);
    const uploaded = await client.videos.upload(file, { title: "From Node", memory, onProgress, chunkBytes: given.chunk });
    await file.close();
    await client.videos.update(uploaded.videoId, { visibility: "public", allow_download: true });
    const video = await client.videos.wait(uploaded.videoId, { pollSeconds: 0.2 });
    return { offsets, video };
  },

  /** Upload while connections break off after a request was sent: the answer is lost. */
  async shaky() {
    let calls = 0;
    const flaky = async (url, init) => {
      const response = await fetch(url, init);
      if (["PATCH", "POST"].includes(init.method) && ++calls % 2) throw new TypeError("connection reset");
      return response;
    };
    const shaky = new Client(given.site, { store: new FileStore(given.tokens), fetch: flaky });
    const file = await openFile(given.file);
    const uploaded = await shaky.videos.upload(file, { title: "Shaky", chunkBytes: given.chunk });
    await file.close();
    return { videoId: uploaded.videoId, calls };
  },

  async manyAtOnce() {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => client.account.me()));
    return accounts.map((account) => account.username);
  },

  async ended() {
    return client.account.me().then(
      () => "signed in",
      (error) => [error instanceof SessionEnded, error.code, error.status],
    );
  },

  async community() {
    const playlist = await client.playlists.create({ title: "From Node", video_ids: [given.video] });
    const again = await client.playlists.add(playlist.id, given.video).catch((error) => error);
    const texts = ["one", "two", "three"];
    for (const text of texts) await client.comments.add(given.video, text);
    const key = "the-same-for-both";
    const twice = [await client.comments.add(given.video, "once", { key }), await client.comments.add(given.video, "once", { key })];
    const pages = [];
    const rows = client.comments.ofVideo(given.video, { sort: "newest", page_size: 2 });
    for await (const page of rows.pages()) pages.push(page.results.map((row) => row.text));
    const track = { language: "en", label: "English", text: "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n" };
    await client.videos.addCaptions(given.video, track);
    return {
      items: (await client.playlists.items(playlist.id).toArray()).map((item) => item.video.id),
      isConflict: again instanceof Conflict && again.code,
      isOnce: twice[0].id === twice[1].id,
      pages,
      captions: (await client.videos.captions(given.video).toArray()).map((row) => row.language),
      likes: (await client.videos.react(given.video, "like")).likes,
    };
  },

  async errors() {
    const wrong = await client.videos.update(given.video, { title: "x".repeat(1000) }).catch((error) => error);
    const absent = await client.videos.get("00000000000").catch((error) => error);
    const bytes = new Blob([new Uint8Array(10_000)]);
    const { videoId } = await client.videos.upload(bytes, { filename: "none.mp4" });
    const failed = await client.videos.wait(videoId, { pollSeconds: 0.2 }).catch((error) => error);
    await client.videos.delete(videoId);
    return {
      wrong: [wrong instanceof ValidationFailed, wrong.name, wrong.code, Object.keys(wrong.fields), wrong.requestId.length > 7],
      absent: [absent instanceof NotFound, absent.code],
      failed: [failed instanceof ProcessingFailed, failed.code],
    };
  },

  async download() {
    await downloadToFile(client, given.video, given.target);
    const seen = [];
    await writeFile(`${given.target}.part`, given.left);
    return downloadToFile(client, given.video, given.target, { onProgress: (arrived) => seen.push(arrived) });
  },

  async insecure() {
    const refused = [];
    for (const site of ["http://video.example.org", "ftp://localhost", "https://a:b@example.org"]) {
      try {
        new Client(site, { token: "secret" });
      } catch (error) {
        refused.push(error.name);
      }
    }
    return refused;
  },

  async signOut() {
    await client.account.signOut();
    return client.account.me().catch((error) => error.code);
  },
};

console.log(JSON.stringify((await steps[step]()) ?? null));
