import { describe, expect, test } from '@jest/globals';
import { AppError, commonProblems } from '../errors.ts';
import { createLogger, type Logger } from '../logger.ts';

type Line = Record<string, unknown> & { err?: Record<string, unknown> };

const logged = (log: (logger: Logger) => void): { text: string; line: Line } => {
  let text = '';
  log(createLogger({ logLevel: 'trace', appName: 'test' }, { write: (line) => (text += line) }));
  return { text, line: JSON.parse(text) as Line };
};

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('a log line', () => {
  test('says when, how serious, which app and what', () => {
    const { line } = logged((logger) => {
      logger.warn({ tenantId: 't', at: new Date(0), list: [1, { b: true }], none: null }, 'Something');
    });
    expect(line).toMatchObject({
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      app: 'test',
      tenantId: 't',
      at: '1970-01-01T00:00:00.000Z',
      list: [1, { b: true }],
      none: null,
      msg: 'Something',
    });
  });

  test.each([
    'password',
    'currentPassword',
    'new_password',
    'passwordHash',
    'token',
    'accessToken',
    'refresh-token',
    'Authorization',
    'Cookie',
    'Set-Cookie',
    'apiKey',
    'secret',
    'reason',
    'notes',
    'content',
    'medicalInfo',
    'bloodType',
    'allergies',
    'conditions',
    'medications',
  ])('never holds %s, however deep it stands', (field) => {
    const { text, line } = logged((logger) => {
      logger.info({
        [field]: 'hidden',
        body: { [field]: { a: 'hidden' } },
        items: [{ list: [{ [field]: ['hidden'] }] }],
        err: Object.assign(new Error('failed'), { request: { headers: { [field]: 'hidden' } } }),
      });
    });
    expect(text).not.toContain('hidden');
    expect(line[field]).toBe('[redacted]');
  });

  test('never holds a secret of an error, of its causes or of the errors that it gathers', () => {
    const inner = Object.assign(new Error('inner'), { password: 'hidden' });
    const cause = Object.assign(new Error('cause', { cause: inner }), { sql: { notes: 'hidden' } });
    const failed = Object.assign(new AggregateError([inner], 'all failed', { cause }), { others: [inner] });
    const { text } = logged((logger) => {
      logger.error({ err: new AppError(commonProblems.internal_error, undefined, { cause: failed }) });
    });
    expect(text).not.toContain('hidden');
    expect(text).toContain('all failed: cause: inner');
  });

  test('holds no token, in whatever text it stands', () => {
    const { text } = logged((logger) => {
      logger.error({ err: new Error(`GET /x?access=${TOKEN} failed`), header: `Bearer ${TOKEN}` }, TOKEN);
    });
    expect(text).not.toContain(TOKEN.slice(0, 20));
    expect(text).toContain('access=[redacted] failed');
  });

  test('shows an error with its type, its message, its stack and its numbers', () => {
    const { line } = logged((logger) => {
      logger.error({ err: Object.assign(new TypeError('broken'), { errno: 1213, code: 'ER_X' }) }, 'Failed');
    });
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'broken', errno: 1213, code: 'ER_X' });
    expect(line.err?.['stack']).toContain('logger.test.ts');
  });

  test('survives circles, buffers and objects that lead to half of the program', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    const { line } = logged((logger) => {
      logger.info({ circle, bytes: Buffer.from('hidden'), map: new Map([['password', 'hidden']]) });
    });
    expect(line).toMatchObject({ bytes: '[redacted]', map: '[Map]', circle: { self: { name: 'circle' } } });
  });
});
