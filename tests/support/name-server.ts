import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode } from 'dns-packet';

export type NameServer = {
  /** As DNS_SERVERS takes it. */
  readonly address: string;
  /** From now on, the name has these TXT records; none: it does not exist. */
  publish(name: string, ...values: readonly string[]): void;
  /** From now on, every question is answered SERVFAIL, or as before. */
  fail(isFailing: boolean): void;
  close(): void;
};

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** A name server on this machine that knows TXT records and nothing else (RFC 1035). */
export const startNameServer = async (): Promise<NameServer> => {
  const records = new Map<string, readonly string[]>();
  let isFailing = false;
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const name = questions[0]?.name.toLowerCase() ?? '';
    const values = records.get(name) ?? [];
    const failure = isFailing ? SERVFAIL : values.length === 0 ? NXDOMAIN : 0;
    const answer = encode({
      type: 'response',
      id,
      flags: failure,
      questions,
      answers: failure === 0 ? values.map((data) => ({ type: 'TXT', name, ttl: 1, data })) : [],
    });
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    publish: (name, ...values) => {
      records.set(name, values);
    },
    fail: (failing) => {
      isFailing = failing;
    },
    close: () => {
      socket.close();
    },
  };
};
