import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const wallClock = new URL('../wall-clock.ts', import.meta.url).href;

/** Converts both ways around clock changes, in a process of its own whose clock stands in `TZ`. */
const script = `
  const { instantAt, localTimeAt, clockTicks } = await import('${wallClock}');
  const rows = [];
  for (const [zone, date] of [['Europe/Berlin', '2027-03-28'], ['America/St_Johns', '2027-11-07'], ['Pacific/Apia', '2011-12-30']])
    for (let minute = -1440; minute <= 2880; minute += 30) {
      const instant = instantAt(zone, date, minute);
      rows.push(instant, localTimeAt(zone, instant), clockTicks(zone, { start: instant, end: instant + 7200000 }, 50));
    }
  console.log(JSON.stringify(rows));
`;

const answerUnder = async (TZ: string): Promise<string> => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return (await run(process.execPath, args, { env: { TZ } })).stdout;
};

test('the zone of the process changes no conversion', async () => {
  const [utc, ...others] = await Promise.all(['UTC', 'Asia/Tokyo', 'America/St_Johns'].map(answerUnder));
  expect(utc).toContain('2027-03-28T03:30');
  for (const other of others) expect(other).toBe(utc);
});
