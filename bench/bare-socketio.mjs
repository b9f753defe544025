// @ts-check
/** Socket.IO with nothing around it: `node bare-socketio.mjs <port>`. Answers HTTP requests with its memory, as `/health` of the server does. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((_request, response) => {
  const { rss, heapUsed } = process.memoryUsage();
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ memory: { rssBytes: rss, heapUsedBytes: heapUsed } }));
});
new Server(http, { connectTimeout: 60_000 });
http.listen(Number(process.argv[2]), '127.0.0.1');
