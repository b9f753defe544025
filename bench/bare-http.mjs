// @ts-check
/** Answers every request with one JSON object, by Node alone: `node bare-http.mjs <port>`, the object in BENCH_ANSWER. */
import { createServer } from 'node:http';

/** @type {unknown} */
const answer = JSON.parse(process.env['BENCH_ANSWER'] ?? '{}');

createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer));
}).listen(Number(process.argv[2]), '127.0.0.1');
