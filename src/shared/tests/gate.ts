import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Gate = {
  readonly port: number;
  /** Cuts every connection and refuses new ones, as if the server had stopped. */
  shut(): Promise<void>;
  /** Lets connections through again. */
  open(): Promise<void>;
};

/** Stands before a server that others use as well, so that a test can take it away from its own connections only. */
export const createGate = async (to: { readonly host: string; readonly port: number }): Promise<Gate> => {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    const outgoing = connect(to);
    for (const socket of [incoming, outgoing]) keep(socket);
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    shut: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
    open: () => listen(port),
  };
};
