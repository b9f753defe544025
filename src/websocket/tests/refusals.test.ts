import { describe, expect, jest, test } from '@jest/globals';
import type { Ctx } from '../../shared/types/context.ts';
import { newId } from '../../shared/types/id.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import { answerCommands } from '../commands.ts';
import { createHandshake, handshakeCodes, Refusal } from '../handshake.ts';
import type { RealtimeSocket } from '../messages.ts';
import type { Recovery } from '../recovery.ts';

const logged = jest.fn();
const logger = { error: logged } as unknown as Logger;
const faults = [new AppError(commonProblems.version_conflict), new Error('A fault')];

describe('the handshake', () => {
  const refusalOf = async (error: Error) => {
    const recovery = { end: () => Promise.resolve('0-0') } as unknown as Recovery;
    const admit = createHandshake({ authenticate: () => Promise.reject(error), recovery, logger });
    const handshake = { auth: { token: 'any' }, address: '::1', headers: {} };
    const refused = await admit({ handshake, data: {}, recovered: false } as unknown as RealtimeSocket);
    return Refusal.parse(refused).data.code;
  };

  test.each(handshakeCodes)('refuses with %s', async (code) => {
    expect(await refusalOf(new AppError(commonProblems[code]))).toBe(code);
  });

  test.each(faults)('calls anything else a fault of the server: %s', async (error) => {
    expect(await refusalOf(error)).toBe('internal_error');
    expect(logged).toHaveBeenLastCalledWith(expect.objectContaining({ err: error }), expect.anything());
  });
});

describe('a command', () => {
  const answerOf = (error: Error) =>
    new Promise<unknown>((resolve) => {
      const listeners = new Map<string, (request: unknown, acknowledge: (answer: unknown) => void) => void>();
      const ctx = { permissions: new Set(['doctors:read']) } as unknown as Ctx;
      const socket = { data: { ctx }, on: listeners.set.bind(listeners) } as unknown as RealtimeSocket;
      const failing = () => Promise.reject(error);
      answerCommands(socket, {
        doctorExists: failing,
        appointmentAudience: failing,
        clock: systemClock,
        logger,
      });
      listeners.get('subscribe')?.({ doctorId: newId() }, resolve);
    });

  test('says so when the database is away', async () => {
    const answer = await answerOf(new AppError(commonProblems.unavailable));
    expect(answer).toEqual({ ok: false, code: 'unavailable' });
  });

  test.each(faults)('is answered with no code that its client was not told of: %s', async (error) => {
    expect(await answerOf(error)).toEqual({ ok: false, code: 'internal_error' });
    expect(logged).toHaveBeenLastCalledWith(expect.objectContaining({ err: error }), expect.anything());
  });
});
