import type { Infrastructure } from '../infrastructure.ts';
import type { PartedService, Service } from '../shared/config/services.ts';
import { askPort, askStreams } from '../shared/ports/ask.ts';
import type { Answers } from '../shared/ports/port.ts';
import { askCore } from './ask-core.ts';
import { askMessages, askNotes } from './ask-parted.ts';
import type { Core } from './core.ts';
import type { Messages, Notes } from './parted.ts';
import { analyticsPort, notesPort, notificationsPort } from './ports/parted-ports.ts';

/** What this process asks of those that run the domains that it does not run itself. */
export type Elsewhere = {
  readonly core: Core | undefined;
  readonly notes: Notes | undefined;
  readonly messages: Messages | undefined;
  /** Has every service that runs elsewhere forget the tenant. */
  forgetTenant(tenantId: string): Promise<void>;
};

export const createElsewhere = (infrastructure: Infrastructure): Elsewhere => {
  const { askingOf, askedCore } = infrastructure;
  const isHere = (service: Service) => infrastructure.config.services.run.has(service);
  // A service asks the core alone; only the core asks others.
  const isAsked = (service: PartedService) => isHere('core') && !isHere(service);
  const notes = isAsked('medical-notes') ? askPort(notesPort, askingOf('medical-notes')) : undefined;
  const notifications = isAsked('notifications')
    ? askPort(notificationsPort, askingOf('notifications'))
    : undefined;
  const analytics = isAsked('analytics') ? askPort(analyticsPort, askingOf('analytics')) : undefined;
  const all: readonly (Pick<Answers<typeof analyticsPort>, 'forgetTenant'> | undefined)[] = [
    notifications,
    analytics,
    notes,
  ];
  return {
    core: askedCore && askCore(infrastructure, askedCore),
    notes: notes && askNotes(notes, askStreams(notesPort, askingOf('medical-notes'))),
    messages: notifications && askMessages(notifications),
    forgetTenant: async (tenantId) => {
      for (const service of all) await service?.forgetTenant({ tenantId });
    },
  };
};
