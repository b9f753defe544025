import { afterEach, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import { aClinic } from './support/clinic.ts';
import { listen } from './support/listener.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer | undefined;
afterEach(() => server?.stop());

/** How much keeps this process up, without what ends by itself: Jest reads files meanwhile. What was there before may end. */
const held = () => {
  const kinds = process.getActiveResourcesInfo().filter((kind) => !kind.includes('Req'));
  const timers = kinds.filter((kind) => kind === 'Timeout').length;
  return { timers, others: kinds.length - timers };
};

test('a server that has stopped keeps nothing of its process: no connection, no thread and no timer', async () => {
  const before = held();
  server = await startTestServer();
  const clinic = await aClinic(server);
  const { token } = await clinic.staff('doctor');
  const calendar = await listen(server.url, token);
  calendar.close();
  await server.stop();
  // The other sides of its connections have to let go. No timer is needed for that.
  await until(() => held().others <= before.others);
  expect(held().timers).toBeLessThanOrEqual(before.timers);
});
