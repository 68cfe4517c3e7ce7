// The same backend with care: plain objects, projections, one $in for joins, cursors, and stored counters.
import { Router } from "express";
import * as channels from "./channels.js";
import { comments } from "./comments.js";
import * as library from "./library.js";
import * as toggles from "./toggles.js";
import * as videos from "./videos.js";
import { User } from "../models.js";
import { authenticate } from "../tokens.js";

const findUser = (id) => User.findById(id).select("is_active").lean();
const findAccount = (id) => User.findById(id).select(library.ACCOUNT).lean();
const signedIn = authenticate(findUser);
const anyone = authenticate(findUser, { isOptional: true });

export const routes = Router();
routes.get("/me", authenticate(findAccount), library.me);
routes.get("/me/subscriptions", signedIn, library.subscriptions);
routes.get("/me/history", signedIn, library.history);
routes.get("/playlists/:id/items", signedIn, library.playlist);
routes.get("/channels/:username", anyone, channels.channel);
routes.get("/channels/:username/videos", signedIn, channels.videosOf);
routes.get("/channels/:username/subscribers", signedIn, channels.subscribers);
routes.get("/videos", anyone, videos.list);
routes.get("/videos/:id", anyone, videos.video);
routes.get("/videos/:id/comments", signedIn, comments);
routes.get("/search", anyone, videos.search);
routes.post("/videos/:id/like", signedIn, toggles.like);
routes.post("/channels/:username/subscription", signedIn, toggles.subscribe);
