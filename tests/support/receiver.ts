import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../src/shared/tests/until.ts';

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: any; readonly text: string };

/** A system that is told of events by webhook: keeps what it got, and answers as it is told to. */
export type Receiver = {
  readonly url: string;
  readonly received: readonly Received[];
  /** What it answers from now on. */
  answers(status: number | 'never', headers?: Record<string, string>): void;
  /** Waits until it has got that many. */
  gets(count: number): Promise<void>;
  typesReceived(): string[];
  stop(): Promise<void>;
};

export const startReceiver = async (): Promise<Receiver> => {
  const received: Received[] = [];
  let answer: { status: number | 'never'; headers: Record<string, string> } = { status: 200, headers: {} };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body: JSON.parse(text), text });
      if (answer.status !== 'never') response.writeHead(answer.status, answer.headers).end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answers: (status, headers = {}) => {
      answer = { status, headers };
    },
    gets: async (count) => {
      await until(() => received.length >= count);
    },
    typesReceived: () => received.map(({ body }) => body.type as string),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};
