// Confirms as many requests in a time as a limiter lets through; each answer is a line in the file that ANSWERS names:
// its time, its status, and the customer. Takes the limiter's name, the number, the milliseconds, and the port.
"use strict";

const fs = require("node:fs");
const [limiter, count, milliseconds, port] = process.argv.slice(2);
const max = Number(count);
const duration = Number(milliseconds);
const customer = (path) => path.slice(path.lastIndexOf("/") + 1);
const note = (status, path) =>
  fs.appendFileSync(process.env.ANSWERS, `${performance.now() / 1000} ${status} ${customer(path)}\n`);

async function confirmation(request, path) {
  let body = "";
  for await (const part of request) body += part;
  return JSON.stringify({ id: customer(path), updated_at: "2026-01-01T00:00:00Z", ...JSON.parse(body) });
}

function koa(disableHeader) {
  const Koa = require("koa");
  const app = new Koa();
  app.use(async (context, next) => {
    await next();
    note(context.status, context.path);
  });
  app.use(require("koa-ratelimit")({ driver: "memory", db: new Map(), duration, max, disableHeader, id: () => "all" }));
  app.use(async (context) => {
    context.body = await confirmation(context.req, context.path);
    context.type = "application/json";
  });
  return app;
}

function express(headers) {
  const app = require("express")();
  app.use((request, response, next) => {
    response.on("finish", () => note(response.statusCode, request.path));
    next();
  });
  app.use(
    require("express-rate-limit").rateLimit({
      windowMs: duration,
      limit: max,
      legacyHeaders: headers,
      standardHeaders: headers,
      keyGenerator: () => "all",
    }),
  );
  app.put("/*path", async (request, response) => {
    response.type("application/json").send(await confirmation(request, request.path));
  });
  return app;
}

const apps = {
  koa: () => koa(false),
  "koa without headers": () => koa(true),
  express: () => express(true),
  "express without headers": () => express(false),
};
apps[limiter]().listen(Number(port), "127.0.0.1");
