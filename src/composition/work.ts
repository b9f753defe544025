import type { Reaction } from '../events/reaction.ts';
import type { Config } from '../shared/config/config.ts';
import type { Service } from '../shared/config/services.ts';
import type { Domains } from './domains.ts';

const PATIENTS_SWEEP_MS = 1_000;
/** How often it is looked for clinics that are to be told of maintenance: what the announcement itself did not reach. */
const MAINTENANCE_SWEEP_MS = 2_000;
const FILES_SWEEP_MS = 60_000;
const RETENTION_SWEEP_MS = 10 * 60_000;
const ANALYTICS_SWEEP_MS = 1_000;
/** How often it is looked for clinics that are to be deleted for good. */
const TENANT_DELETION_MS = 10 * 60_000;

/** What the domains that run here do when something has happened elsewhere. */
export const reactionsOf = (domains: Domains): { name: string; reaction: Reaction }[] => {
  const all: { service: Service; name: string; reaction: Reaction }[] = [
    { service: 'core', name: 'waitlist', reaction: domains.waitlist.reaction },
    { service: 'notifications', name: 'notifications', reaction: domains.notifications.work.reaction },
    { service: 'core', name: 'webhooks', reaction: domains.webhooks.collector },
    { service: 'analytics', name: 'analytics', reaction: domains.analytics.collector },
  ];
  // Beside the core, notes follow a merge in its transaction.
  if (!domains.runs('core')) {
    const { reaction } = domains.medicalNotes;
    all.push({ service: 'medical-notes', name: 'medical-notes', reaction });
  }
  return all.filter(({ service }) => domains.runs(service));
};

type Sweep = { readonly name: string; readonly everyMs: number; readonly act: () => Promise<void> };

/** What is looked for again and again, for the domains that run here. */
export const sweepsOf = (config: Config, domains: Domains): Sweep[] => {
  const all: (Sweep & { readonly service: Service })[] = [
    { service: 'core', name: 'waitlist', everyMs: config.waitlistSweepMs, act: domains.waitlist.sweep },
    {
      service: 'notifications',
      name: 'notifications',
      everyMs: config.notifications.sweepMs,
      act: domains.notifications.work.sweep,
    },
    { service: 'core', name: 'absences', everyMs: config.absenceSweepMs, act: domains.absences.sweep },
    { service: 'core', name: 'webhooks', everyMs: config.webhooks.sweepMs, act: domains.webhooks.sweep },
    { service: 'core', name: 'audit', everyMs: config.auditSealMs, act: domains.sealAudit },
    { service: 'analytics', name: 'analytics', everyMs: ANALYTICS_SWEEP_MS, act: domains.analytics.sweep },
    { service: 'core', name: 'patients', everyMs: PATIENTS_SWEEP_MS, act: domains.sweepPatients },
    { service: 'core', name: 'maintenance', everyMs: MAINTENANCE_SWEEP_MS, act: domains.sweepMaintenance },
    {
      service: 'medical-notes',
      name: 'files of notes',
      everyMs: FILES_SWEEP_MS,
      act: domains.medicalNotes.removeFiles,
    },
    {
      service: 'medical-notes',
      name: 'files of deleted clinics',
      everyMs: FILES_SWEEP_MS,
      act: domains.medicalNotes.folderRemovals.sweep,
    },
    {
      service: 'medical-notes',
      name: 'retention of notes',
      everyMs: RETENTION_SWEEP_MS,
      act: domains.medicalNotes.endRetention,
    },
    {
      service: 'core',
      name: 'deletion of tenants',
      everyMs: TENANT_DELETION_MS,
      act: domains.tenantDeletion.deleteDue,
    },
  ];
  return all.filter(({ service }) => domains.runs(service));
};
