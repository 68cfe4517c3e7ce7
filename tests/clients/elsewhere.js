// What a page of another origin does with the site: sign in, upload, play. A classic script that adds to `window`.
window.elsewhere = {
  async call(path, { body, ...options } = {}) {
    const headers = { ...(body && { "Content-Type": "application/json" }), ...options.headers };
    const answer = await fetch(`${this.site}/api/v1${path}`, { ...options, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, content: await answer.json(), headers: Object.fromEntries(answer.headers) };
  },

  async signIn(login, password) {
    const { content } = await this.call("/auth/token", { method: "POST", body: { login, password, client: "native" } });
    this.headers = { Authorization: `Bearer ${content.access}` };
    return content;
  },

  /** Sends `source`, a Blob or the reader of a stream, with tus-js-client; the id of its video. */
  upload(source, options) {
    const requests = [];
    return new Promise((resolve, reject) => {
      let id = null;
      new tus.Upload(source, {
        endpoint: `${this.site}/api/v1/uploads`,
        headers: this.headers,
        retryDelays: null,
        onAfterResponse: (request, response) => {
          requests.push(`${request.getMethod()} ${response.getStatus()}`);
          id = response.getHeader("X-Video-Id") ?? id;
        },
        onSuccess: () => resolve({ id, requests }),
        onError: reject,
        ...options,
      }).start();
    });
  },

  /** A stream whose length nobody knows, as a recorder makes it. */
  stream(bytes, piece) {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes.subarray(sent, sent + piece));
        sent += piece;
        if (sent >= bytes.length) controller.close();
      },
    }).getReader();
  },

  players: {
    async vendored(video, url) {
      window.Hls = (await import("/vendored.mjs")).default;
      await this.hls(video, url);
    },
    async hls(video, url) {
      const hls = new Hls();
      hls.loadSource(url);
      hls.attachMedia(video);
    },
    async shaka(video, url) {
      shaka.polyfill.installAll();
      const player = new shaka.Player();
      await player.attach(video);
      await player.load(url);
    },
    async videojs(video, url) {
      video.className = "video-js";
      videojs(video, { html5: { vhs: { overrideNative: true } } }).src({ src: url, type: "application/vnd.apple.mpegurl" });
    },
  },

  /** Plays `url` with one of the players; the seconds it has shown once that is over half a second. */
  async play(name, url) {
    const video = document.createElement("video");
    video.muted = true;
    document.body.append(video);
    await this.players[name](video, url);
    const shown = () => document.querySelector("video");
    for (let tries = 0; tries < 200; tries += 1) {
      if (shown().paused) shown().play().catch(() => {});
      if (shown().currentTime > 0.5) return shown().currentTime;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${name} does not play: ${shown().error?.message ?? "no error"}`);
  },

  /** What a script gets at `url`: status, readable headers and size, or the error's name. */
  async read(url, headers = {}) {
    try {
      const answer = await fetch(url, { headers, cache: "no-store" });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), size: (await answer.arrayBuffer()).byteLength };
    } catch (error) {
      return { error: error.name };
    }
  },
};
