import type { RebuildProgress } from '../domains/analytics/index.ts';
import { runCommand } from './command.ts';
import { findNamed, withDomains } from './with-domains.ts';

const HELP = `npm run analytics:rebuild                                  every clinic
npm run analytics:rebuild -- --tenant SUBDOMAIN-OR-ID      one clinic

Makes the figures of clinics anew from their events, while servers run: figures stay readable, and what happens meanwhile
is counted as well. What is stopped half-way goes on where it was, by the next call or by any running server.
`;

const wordsOf = (progress: RebuildProgress): string => {
  if (progress.stage === 'collecting') return `${progress.events} events looked at`;
  if (progress.stage === 'subjects') return `${progress.left} appointments, entries and doctors to go`;
  return progress.stage === 'dates' ? `dates up to ${progress.done} are done` : 'done';
};

void runCommand({
  help: HELP,
  options: { tenant: { type: 'string' } },
  run: ({ tenant: named }) =>
    withDomains(
      async (domains) => {
        const { tenants, core, analytics } = domains;
        const one = await findNamed(domains, named);
        const ids = one ? [one.id] : await core.tenantsWithEvents();
        for (const [at, id] of ids.entries()) {
          const place = `[${at + 1}/${ids.length}] ${(await tenants.findById(id))?.subdomain ?? id}`;
          await analytics.rebuild(id, (progress) => {
            process.stderr.write(`${place}: ${wordsOf(progress)}\n`);
          });
        }
        process.stdout.write(
          ids.length === 1
            ? 'The figures of 1 clinic are anew.\n'
            : `The figures of ${ids.length} clinics are anew.\n`,
        );
      },
      { logLevel: 'warn' },
    ),
});
