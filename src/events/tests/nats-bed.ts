import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '../../../scripts/servers/index.mjs';
import { requireUnpacked } from '../../../scripts/servers/unpacked-program.mjs';
import { parseConfig } from '../../shared/config/config.ts';
import { createGate } from '../../shared/tests/gate.ts';
import { until } from '../../shared/tests/until.ts';
import { newId } from '../../shared/types/id.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { EventBus } from '../event-bus.ts';
import { createNats } from '../nats/connection.ts';
import { isStreamMissing } from '../nats/failures.ts';
import { createNatsBus } from '../nats/nats-bus.ts';
import { natsNames } from '../nats/names.ts';
import type { StoredEvent } from '../stored-event.ts';
import type { BusBed } from './bus-bed.ts';

const program = requireUnpacked('nats-server', '.data/nats');
if (program === undefined && process.env['CI'] !== undefined)
  throw new Error('No nats-server could be fetched.');
if (program === undefined)
  process.stderr.write('Not tested: no nats-server is here, and none can be fetched.\n');
export const hasNats = program !== undefined;

export const natsSettings = (url: string) => parseConfig({ EVENT_BUS: 'nats', NATS_URL: url }).nats;

/** A NATS for one test file, which may kill and empty it. */
export const startPrivateNats = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-'));
  const server = await startNats({ folder, program: program ?? '' });
  return {
    ...server,
    settings: natsSettings(server.url),
    remove: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type PrivateNats = Awaited<ReturnType<typeof startPrivateNats>>;

/** Streams of their own at that server. */
export const natsBed = (
  server: PrivateNats,
  logger: Logger,
): BusBed & { prefix: string; publish(subject: string, text: string): Promise<unknown> } => {
  const prefix = `test-${newId()}`;
  const names = natsNames(prefix);
  const buses: EventBus[] = [];
  const nats = createNats(server.settings, logger);
  const manager = () => nats.live().manager.streams;
  return {
    prefix,
    publish: (subject, text) => nats.live().stream.publish(subject, text),
    bus: async (gate) => {
      const url = gate ? server.url.replace(String(server.port), String(gate.port)) : server.url;
      const bus = createNatsBus({ settings: natsSettings(url), prefix, logger });
      buses.push(bus);
      await until(() => bus.isConnected());
      return bus;
    },
    gate: () => createGate({ host: '127.0.0.1', port: server.port }),
    lose: async () => {
      await manager().delete(names.events.stream);
    },
    events: async () => {
      const { stream } = names.events;
      await until(() => nats.isConnected());
      const events: StoredEvent[] = [];
      const state = await manager()
        .info(stream)
        .then(
          (info) => info.state,
          (error: unknown) => {
            if (isStreamMissing(error)) return { first_seq: 1, last_seq: 0 };
            throw error;
          },
        );
      for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq++) {
        const event = (await manager().getMessage(stream, { seq }))?.json<StoredEvent>();
        if (event) events.push({ ...event, occurredAt: new Date(event.occurredAt) });
      }
      return events;
    },
    end: async () => {
      await Promise.all([...buses.map((bus) => bus.close()), nats.close()]);
    },
  };
};
