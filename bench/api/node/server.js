// A backend to compare the site's API with. VARIANT is "naive" or "optimized", PROCESSES how many answer on PORT.
import cluster from "node:cluster";
import mongoose from "mongoose";
import { makeApp } from "./app.js";
import { routes as naive } from "./naive/index.js";
import { routes as optimized } from "./optimized/index.js";

const VARIANTS = { naive, optimized };
const { DATABASE_URI, PORT, PROCESSES, VARIANT } = process.env;

if (cluster.isPrimary) {
  for (let number = 0; number < Number(PROCESSES); number += 1) cluster.fork();
  cluster.on("exit", (worker, code) => {
    console.error(`process ${worker.process.pid} ended with ${code}`);
    process.exit(1);
  });
} else {
  // The same durability as the site's writes.
  await mongoose.connect(DATABASE_URI, { maxPoolSize: 50, w: "majority", journal: true });
  makeApp(VARIANTS[VARIANT]).listen(Number(PORT), "127.0.0.1");
}
