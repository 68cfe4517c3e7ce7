// A frame whose video may not be shown: reports the reason to the page around it as a player error.
import { Receiver } from "./embed/protocol.js";

const { code } = document.querySelector("[data-refused]").dataset;
const receiver = new Receiver({ methods: {}, events: ["ready", "error"] });
receiver.ready();
receiver.fail({ code: Number(code), msg: document.querySelector("h1").textContent });
