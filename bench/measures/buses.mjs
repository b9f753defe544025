// @ts-check
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startNats } from '../../scripts/servers/nats.mjs';
import { Problem } from '../../scripts/servers/problem.mjs';
import { stateFolder } from '../../scripts/servers/project.mjs';
import { progress } from '../../scripts/servers/say.mjs';
import { requireUnpacked } from '../../scripts/servers/unpacked-program.mjs';
import { createApiClient } from '../api-client.mjs';
import { migrate, productionSettings, requireBuild, startBuiltServer } from '../built-server.mjs';
import { visitsToBook } from '../calendar.mjs';
import { bearer, book, makeClinic } from '../clinic.mjs';
import { prepareDatabases } from '../driver.mjs';
import { toRows } from '../rows.mjs';
import { databases, openBenchServers } from '../servers.mjs';
import { tableOf } from '../table.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {{ rounds: number, count: number, perSecond: number }} Load */
/** How many events a consumer has handled, and how long they took in all. @typedef {{ events: number, seconds: number }} Handled */

const clinicSize = { doctors: 20, patients: 200, bookedDays: 31, isBooked: false };
const waitForLastMs = 10_000;
const consumers = ['websocket', 'notifications', 'webhooks', 'analytics'];

/**
 * Books over both buses in turns. Answers the lines to print.
 * @param {{ folder: string, load: Load }} options
 * @returns {Promise<string[]>}
 */
export async function measureBuses({ folder, load }) {
  requireBuild();
  const program = requireUnpacked('nats-server', join(stateFolder, 'nats'));
  if (program === undefined) throw new Problem('No nats-server is here, and none could be fetched.');
  const servers = await openBenchServers(folder, false);
  const nats = await startNats({ folder: join(folder, 'nats'), program });
  const { title } = await prepareDatabases(servers.database, Object.values(databases));
  const settings = [
    { name: 'Redis', settings: productionSettings(servers, databases.served) },
    {
      name: 'NATS',
      settings: { ...productionSettings(servers, databases.direct), EVENT_BUS: 'nats', NATS_URL: nats.url },
    },
  ];
  /** @type {Awaited<ReturnType<typeof makeScene>>[]} */
  const scenes = [];
  for (const each of settings) scenes.push(await makeScene({ folder, ...each }));

  progress(`Booking ${load.rounds} times ${load.count} visits over each, ${load.perSecond} a second …`);
  for (let round = 0; round < load.rounds; round += 1) for (const scene of scenes) await scene.measure(load);
  const series = consumers.flatMap((consumer) =>
    scenes.map(({ name, rounds }, i) => ({
      name: `${consumer}, ${name}`,
      ...(i > 0 && { baseline: `${consumer}, ${scenes[0]?.name ?? ''}` }),
      rounds: rounds.map((means) => ({ times: [means[consumer] ?? NaN] })),
    })),
  );
  for (const { server } of scenes) await server.stop();
  await nats.stop();
  const heading = `From a change to its consumer, means of ${load.rounds} rounds; on ${title}, ${servers.redis.title}, NATS`;
  return [heading, '', tableOf(toRows(series))];
}

/** @param {{ folder: string, name: string, settings: Record<string, string> }} options */
async function makeScene({ folder, name, settings }) {
  progress(`Making a clinic, with ${name} …`);
  await migrate(settings, folder);
  const server = await startBuiltServer({ settings, folder, name });
  const clinic = await makeClinic(server.url, clinicSize);
  const caller = createApiClient(`${server.url}/api/v1`, 16).with(bearer(clinic.token));
  /** Mean milliseconds by consumer. @type {Record<string, number>[]} */
  const rounds = [];
  /** @param {Load} load */
  const measure = async ({ count, perSecond }) => {
    const visits = await visitsToBook(clinic, count);
    const before = await settled(server.url);
    await Promise.all(
      visits.map(async (visit, index) => {
        await delay((index * 1_000) / perSecond);
        await book(caller, visit);
      }),
    );
    const after = await settled(server.url);
    rounds.push(Object.fromEntries(consumers.map((consumer) => [consumer, meanOf(before, after, consumer)])));
  };
  return { name, server, rounds, measure };
}

/** @param {Record<string, Handled>} before @param {Record<string, Handled>} after @param {string} consumer */
function meanOf(before, after, consumer) {
  const [then, now] = [before[consumer], after[consumer]];
  if (!now) throw new Problem(`Nothing reached the consumer ${consumer}.`);
  return ((now.seconds - (then?.seconds ?? 0)) * 1_000) / (now.events - (then?.events ?? 0));
}

/** What consumers have handled, once they handle no more. @param {string} url @returns {Promise<Record<string, Handled>>} */
async function settled(url) {
  const deadline = performance.now() + waitForLastMs;
  let seen = await handled(url);
  while (performance.now() < deadline) {
    await delay(1_200);
    const now = await handled(url);
    if (JSON.stringify(now) === JSON.stringify(seen)) return now;
    seen = now;
  }
  return seen;
}

/** @param {string} url @returns {Promise<Record<string, Handled>>} */
async function handled(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  /** @param {string} what @param {string} consumer */
  const figure = (what, consumer) => {
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`event_delay_seconds_${what}{consumer="${consumer}"}`));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  return Object.fromEntries(
    consumers.map((consumer) => [
      consumer,
      { events: figure('count', consumer), seconds: figure('sum', consumer) },
    ]),
  );
}
