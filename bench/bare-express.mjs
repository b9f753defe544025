// @ts-check
/** The same as bare-http.mjs by one route of Express, with nothing around it. */
import express from 'express';

/** @type {unknown} */
const answer = JSON.parse(process.env['BENCH_ANSWER'] ?? '{}');

express()
  .disable('etag')
  .disable('x-powered-by')
  .get('/', (_request, response) => {
    response.json(answer);
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
