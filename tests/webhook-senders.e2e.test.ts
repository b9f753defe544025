import { afterEach, expect, test } from '@jest/globals';
import type { Config } from '../src/shared/config/config.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, expectCode, expectStatus } from './support/clinic.ts';
import { startReceiver } from './support/receiver.ts';
import type { TestServer } from './support/test-server.ts';

/** One at a time: each sends whatever is due in the database. */
let server: TestServer;
afterEach(() => server.stop());

const start = async (webhooks: Partial<Config['webhooks']> = {}) => {
  const rules = { sweepMs: 20, allowedAddresses: ['127.0.0.0/8'], plainHttp: true, ...webhooks };
  server = await startCheckedServer(undefined, { streamPrefix: `{webhooks-${newId()}}`, webhooks: rules });
  return server;
};
/** A clinic with a webhook that waits to be sent a test. */
const aTestTo = async (url: string) => {
  const { api } = (await aClinic(server)).admin;
  const { id } = expectStatus(await api.post('/webhooks', { url, events: ['webhook.disabled'] }), 201).body;
  const { id: deliveryId } = expectStatus(await api.post(`/webhooks/${id}/test`), 202).body;
  return { api, path: `/webhooks/${id}/deliveries/${deliveryId}` };
};

test('a process that stops gives up what it is sending, and the next one sends it', async () => {
  const receiver = await startReceiver();
  try {
    await start();
    receiver.answers('never');
    await aTestTo(receiver.url);
    await receiver.gets(1);
    await server.stop();
    receiver.answers(200);
    await start();
    await receiver.gets(2);
    const [first, second] = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
  } finally {
    await receiver.stop();
  }
});

test('nothing is sent to an address inside, also where a name points to it', async () => {
  await start({ allowedAddresses: [] });
  const { api, path } = await aTestTo('http://localhost:1/');
  const attempts = await until(async () => {
    const { attemptLog } = (await api.get(path)).body;
    return attemptLog.length > 0 ? attemptLog : undefined;
  });
  expect(attempts[0]).toMatchObject({
    statusCode: null,
    error: 'The address is not one of the public internet',
  });
  const refused = await api.post('/webhooks', { url: 'http://10.0.0.1/', events: ['*'] });
  expect(expectCode(refused, 'validation_failed').body.errors).toMatchObject([{ pointer: '/url' }]);
});
