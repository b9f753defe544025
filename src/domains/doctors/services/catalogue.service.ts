import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { Affected, AffectedAppointment } from '../models/availability.ts';
import type { CatalogueEntry, CatalogueRepository } from '../repositories/catalogue.repository.ts';

type FieldsOf<Entry> = Omit<Entry, keyof CatalogueEntry>;
export type ChangesOf<Entry> = { readonly [Field in keyof FieldsOf<Entry>]?: Entry[Field] | undefined };

/** One entry that is added (no `before`), changed, or removed (no `after`). */
export type Change<Entry> = { readonly before?: Entry; readonly after?: Entry };

/** What goes with a change in the same transaction. */
export type Consequences<Entry> = {
  /** Locks what is locked before the entry itself; `changes` is left out when the entry is removed. */
  readonly lock?: (tx: Tx, changes?: ChangesOf<Entry>) => Promise<void>;
  /** Calls `write`, unless the change must not be; answers the appointments that it affects. */
  readonly make: (
    tx: Tx,
    ctx: Ctx,
    change: Change<Entry>,
    write: () => Promise<unknown>,
  ) => Promise<AffectedAppointment[]>;
};

type CatalogueNoun = 'doctor' | 'service' | 'location' | 'room' | 'closure';

type CatalogueKind<Entry, Query> = {
  /** The noun, in audit rows and events. */
  readonly noun: CatalogueNoun;
  readonly notFound: Problem;
  readonly repository: CatalogueRepository<Entry, Query>;
  /** Whether patients may see the entry; staff see every one. */
  readonly isPublic: (entry: Entry) => boolean;
  /** Refuses an entry, new or changed, for which there is no place. */
  readonly demandPlace?: (tx: Tx, entry: Entry, before: Entry | undefined) => Promise<void>;
  readonly consequences: Consequences<Entry>;
};

export type CatalogueDeps = {
  readonly database: Database;
  readonly audit: AuditTrail;
  readonly outbox: Outbox;
  readonly clock: Clock;
};

export type Catalogue<Entry, Query> = {
  readonly create: (ctx: Ctx, fields: FieldsOf<Entry>) => Promise<Entry & Affected>;
  readonly list: (ctx: Ctx, query: Query) => Promise<Page<Entry>>;
  readonly get: (ctx: Ctx, id: string) => Promise<Entry>;
  readonly update: (
    ctx: Ctx,
    id: string,
    changes: ChangesOf<Entry>,
    ifMatch: number | undefined,
  ) => Promise<Entry & Affected>;
  readonly remove: (ctx: Ctx, id: string, ifMatch: number | undefined) => Promise<void>;
};

/** The verbs for one kind of thing that a clinic sets up once and then refers to: services, locations, rooms, closures. */
export const createCatalogue = <Entry extends CatalogueEntry, Query extends PageQuery>(
  { noun, notFound, repository, isPublic, consequences, demandPlace }: CatalogueKind<Entry, Query>,
  { database, audit, outbox, clock }: CatalogueDeps,
): Catalogue<Entry, Query> => {
  const record = async (
    tx: Tx,
    ctx: Ctx,
    verb: 'created' | 'updated' | 'deleted',
    resourceId: string,
    changes?: object,
  ) => {
    await audit.record(tx, ctx, {
      action: `${noun}.${verb}`,
      resourceType: noun,
      resourceId,
      ...(changes && { changes: { ...changes } }),
    });
    await outbox.publish(tx, ctx, { type: `${noun}.${verb}`, payload: { [`${noun}Id`]: resourceId } });
  };

  const findCurrent = async (tx: Tx, id: string, ifMatch: number | undefined) => {
    const current = await repository.findToChange(tx, id);
    if (!current) throw new AppError(notFound);
    demandVersion(current, ifMatch);
    return current;
  };

  return {
    create: (ctx, fields) =>
      database.transaction(ctx, async (tx) => {
        const now = clock.now();
        const entry = {
          ...fields,
          id: newId(),
          version: 1,
          createdAt: now,
          updatedAt: now,
        } as unknown as Entry;
        await demandPlace?.(tx, entry, undefined);
        const affectedAppointments = await consequences.make(tx, ctx, { after: entry }, () =>
          repository.insert(tx, entry),
        );
        await record(tx, ctx, 'created', entry.id, fields);
        return { ...entry, affectedAppointments };
      }),

    list: async (ctx, query) => {
      const after = decodeCursor(IdPosition, query.cursor)?.[0];
      const publicOnly = ctx.role === 'patient';
      const listed = { ...query, after, publicOnly, now: clock.now() };
      const entries = await repository.list(database.read(ctx.tenantId), listed);
      return toPage(entries, query.limit, (last) => [last.id]);
    },

    get: async (ctx, id) => {
      const entry = await repository.find(database.read(ctx.tenantId), id);
      if (!entry || (ctx.role === 'patient' && !isPublic(entry))) throw new AppError(notFound);
      return entry;
    },

    update: (ctx, id, changes, ifMatch) =>
      database.transaction(ctx, async (tx) => {
        await consequences.lock?.(tx, changes);
        const before = await findCurrent(tx, id, ifMatch);
        const after = nextVersion(before, changes as Partial<Entry>, clock.now());
        await demandPlace?.(tx, after, before);
        const affectedAppointments = await consequences.make(tx, ctx, { before, after }, () =>
          repository.update(tx, after),
        );
        await record(tx, ctx, 'updated', id, changes);
        return { ...after, affectedAppointments };
      }),

    remove: (ctx, id, ifMatch) =>
      database.transaction(ctx, async (tx) => {
        await consequences.lock?.(tx);
        const before = await findCurrent(tx, id, ifMatch);
        await consequences.make(tx, ctx, { before }, () => repository.remove(tx, id, clock.now()));
        await record(tx, ctx, 'deleted', id);
      }),
  };
};
