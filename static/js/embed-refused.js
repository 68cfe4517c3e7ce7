// A frame that shows no video: it tells the page around it why, in the form that the player's errors have.
import { Receiver } from "./embed/protocol.js";

const { code } = document.querySelector("[data-refused]").dataset;
const receiver = new Receiver({ methods: {}, events: ["ready", "error"] });
receiver.ready();
receiver.fail({ code: Number(code), msg: document.querySelector("h1").textContent });
