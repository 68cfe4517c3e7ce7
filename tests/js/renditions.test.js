// The list of qualities, as media-chrome's menu reads it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { qualityLines, RenditionList } from "../../static/js/player/renditions.js";

for (const [level, lines] of [
  [{ uri: "/media/v/token/id/1/1080p/index.m3u8", width: 1920, height: 800 }, 1080],
  [{ uri: "/media/v/token/id/1/720p-av1/index.m3u8?x=1", width: 1, height: 1 }, 720],
  [{ width: 1920, height: 1080 }, 1080],
  [{ width: 1920, height: 800 }, 1080],
  [{ width: 640, height: 480 }, 480],
  [{ width: 608, height: 1080 }, 608],
]) {
  test(`${level.uri ?? `${level.width}x${level.height}`} is ${lines}p`, () => assert.equal(qualityLines(level), lines));
}

const LEVELS = [{ width: 640, height: 360, bitrate: 1 }, { width: 720, height: 1280, bitrate: 2 }];

test("the list has an entry for each level, labeled by its shorter side", () => {
  const list = new RenditionList(() => {});
  const told = [];
  for (const name of ["addrendition", "removerendition"]) list.addEventListener(name, () => told.push(name));
  list.fill(LEVELS);
  assert.equal(list.length, 2);
  assert.deepEqual([...list].map(({ id, width, height }) => [id, width, height]), [["0", 640, 360], ["1", 720, 1280]]);
  list.fill([]);
  assert.equal(list.length, 0);
  assert.equal(list[0], undefined);
  assert.deepEqual(told, ["addrendition", "removerendition"]);
});

test("a choice is passed on, and -1 is automatic until one is made", () => {
  const chosen = [];
  const list = new RenditionList((index) => chosen.push(index));
  list.fill(LEVELS);
  assert.equal(list.selectedIndex, -1);
  list.selectedIndex = 1;
  assert.equal(list.selectedIndex, 1);
  assert.deepEqual(chosen, [1]);
  list.fill(LEVELS);
  assert.equal(list.selectedIndex, -1);
});
