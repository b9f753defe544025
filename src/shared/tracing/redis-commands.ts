import type { Command } from 'ioredis';
import type { Redis } from '../utils/redis.ts';
import type { Tracing } from './tracing.ts';

/** What a server and a cluster have in common: every command passes here. */
type CommandSender = { sendCommand(command: Command, ...more: unknown[]): unknown };

/** A span for each command that belongs to one: its name, and neither keys nor values, which name clinics and people. */
export const traceCommands = (redis: Redis, tracing: Tracing): void => {
  if (!tracing.isOn) return;
  const sender = redis as CommandSender;
  const send = sender.sendCommand.bind(redis);
  sender.sendCommand = (command, ...more) => {
    const span = tracing.begin({
      name: `redis ${command.name}`,
      kind: 'client',
      attributes: { 'db.system.name': 'redis', 'db.operation.name': command.name },
    });
    if (span) {
      command.promise.then(
        () => {
          span.end();
        },
        (error: unknown) => {
          span.end({ error });
        },
      );
    }
    return send(command, ...more);
  };
};
