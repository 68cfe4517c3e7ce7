// The storyboard: small frames of the video on sheets, and the track that says where each is.
import { parseTime } from "./times.js";

/** @typedef {{ end: number, url: string, x: number, y: number, width: number, height: number }} Tile */

/** @param {string} text @param {string} base @returns {Tile[]} */
function parse(text, base) {
  const tiles = [];
  for (const match of text.matchAll(/--> ([\d:.]+)\s*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g)) {
    const [x, y, width, height] = match.slice(3).map(Number);
    tiles.push({ end: parseTime(match[1]) ?? 0, url: new URL(match[2], base).href, x, y, width, height });
  }
  return tiles;
}

export class Storyboard {
  /** @type {Promise<Tile[]> | null} */
  #tiles = null;
  #url;

  /** @param {string | undefined} url */
  constructor(url) {
    this.#url = url;
  }

  async #load() {
    if (!this.#url) return [];
    try {
      const response = await fetch(this.#url);
      return response.ok ? parse((await response.text()).replaceAll("\r", ""), new URL(this.#url, location.href).href) : [];
    } catch {
      return [];
    }
  }

  /**
   * Draw the small frame of a time into a canvas.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {number} seconds
   */
  async draw(canvas, seconds) {
    this.#tiles ??= this.#load();
    const tiles = await this.#tiles;
    const tile = tiles.find(({ end }) => seconds < end) ?? tiles.at(-1);
    if (!tile) return;
    const sheet = new Image();
    sheet.src = tile.url;
    await sheet.decode().catch(() => {});
    if (!sheet.naturalWidth || canvas.dataset.at !== String(seconds)) return;
    const scale = Math.max(canvas.width / tile.width, canvas.height / tile.height);
    const [width, height] = [canvas.width / scale, canvas.height / scale];
    canvas.getContext("2d").drawImage(sheet, tile.x + (tile.width - width) / 2, tile.y + (tile.height - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
  }
}
