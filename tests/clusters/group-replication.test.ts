import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGroupReplication } from '../../scripts/clusters/group-replication.mjs';
import { startRedisCluster } from '../../scripts/clusters/redis-cluster.mjs';
import { io } from 'socket.io-client';
import { until } from '../../src/shared/tests/until.ts';
import { aBookableClinic } from '../support/bookable.ts';
import { bookUntilAnswered, startClusters, untilAllHeard } from '../support/clusters.ts';
import { serve } from '../support/private-servers.ts';

const start = () =>
  startClusters(startGroupReplication, startRedisCluster, ({ password, nodes }) => ({
    password,
    clusterNodes: nodes,
  }));
let clusters: Awaited<ReturnType<typeof start>>;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  clusters = await start();
  server = await serve(clusters.config);
}, 240_000);
afterAll(async () => {
  await server.stop();
  await clusters.remove();
}, 60_000);

test('sockets hear of bookings through a Redis Cluster, and every event reaches each consumer once', async () => {
  const { clinic, ...bookable } = await aBookableClinic(server);
  const socket = io(server.url, { auth: { token: clinic.admin.token }, transports: ['websocket'] });
  const heard = new Set<string>();
  socket.on('appointment_created', ({ data }: { data: { appointment: { id: string } } }) => {
    heard.add(data.appointment.id);
  });
  await until(() => socket.connected);
  const booked: string[] = [];
  for (let n = 0; n < 6; n++) booked.push(await bookUntilAnswered(bookable, n));
  await until(() => booked.every((id) => heard.has(id)));
  socket.disconnect();
  await untilAllHeard(clusters, 0, clinic.tenantId);
}, 120_000);

test('a primary of the group that is killed loses no booking that was answered and doubles none', async () => {
  const clinic = await aBookableClinic(server);
  const ids = new Set<string>();
  const killed = until(() => ids.size >= 5).then(() => clusters.database.nodes[0].kill());
  await Promise.all(
    Array.from({ length: 3 }, async (_, caller) => {
      for (let n = caller; n < 36; n += 3) ids.add(await bookUntilAnswered(clinic, n));
    }),
  );
  await killed;
  expect(new Set((await clinic.booked()).map(({ id }) => id))).toEqual(ids);
  expect(ids.size).toBe(36);
  await untilAllHeard(clusters, 1, clinic.clinic.tenantId);
  await clusters.database.nodes[0].restart();
  await bookUntilAnswered(clinic, 36);
}, 240_000);

test('a node of Redis Cluster that is killed, with the event stream, loses no event', async () => {
  const clinic = await aBookableClinic(server);
  const owner = clusters.redis.ownerOf(await clusters.redis.slotOf(clusters.config.streamPrefix));
  for (let n = 0; n < 12; n++) {
    await bookUntilAnswered(clinic, n);
    if (n === 3) await owner?.kill();
  }
  await untilAllHeard(clusters, 1, clinic.clinic.tenantId);
  expect(await clinic.booked()).toHaveLength(12);
}, 180_000);
