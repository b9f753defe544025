import { randomBytes } from 'node:crypto';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, SystemTx, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import { type Domain, recordNameOf, recordValueOf } from '../models/domain.ts';
import { tenantProblems } from '../problems.ts';
import {
  deleteDomain,
  findDomain,
  findDomainToChange,
  findHolder,
  insertDomain,
  listDomains,
  setVerified,
} from '../repositories/domain.repository.ts';
import type { AddDomain } from '../validators/domain.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';
import type { TxtLookup } from './txt-lookup.ts';

const RANDOM_BYTES = 16;

export type DomainServiceDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  directory: TenantDirectory;
  lookUpTxt: TxtLookup;
  config: { readonly appDomain: string };
};
export type DomainService = ReturnType<typeof createDomainService>;

const there = (domain: Domain | undefined): Domain => {
  if (!domain) throw new AppError(tenantProblems.domain_not_found);
  return domain;
};

const demandProof = (values: readonly string[], { verification }: Domain): void => {
  if (values.includes(verification.recordValue)) return;
  const found = values.length === 0 ? 'There is none.' : 'There are others.';
  const { recordName, recordValue } = verification;
  throw new AppError(
    tenantProblems.domain_not_verified,
    `${recordName} needs a TXT record with the value ${recordValue}. ${found}`,
  );
};

/** The hostnames of a clinic. A claim that is not proved blocks nobody; who proves a hostname in DNS has it. */
export const createDomainService = (deps: DomainServiceDeps) => {
  const { database, audit, clock, directory, lookUpTxt, config } = deps;

  const record = (tx: Tx, ctx: Ctx, verb: string, { id, hostname }: { id: string; hostname: string }) =>
    audit.record(tx, ctx, {
      action: `tenant_domain.${verb}`,
      resourceType: 'tenant_domain',
      resourceId: id,
      changes: { hostname },
    });

  /** Whoever proved it before loses it once their record is gone; while it is there, they keep it. */
  const release = async (stx: SystemTx, ctx: Ctx, hostname: string, values: readonly string[]) => {
    const holder = await findHolder(stx, hostname);
    if (!holder || holder.tenantId === ctx.tenantId) return;
    if (values.includes(holder.recordValue)) throw new AppError(tenantProblems.domain_taken);
    const tx = stx.forTenant(holder.tenantId);
    await setVerified(tx, holder.id, null);
    const { requestId } = ctx;
    const nobody = { requestId, address: '', userAgent: '' } as Ctx;
    await record(tx, nobody, 'lost', { id: holder.id, hostname });
  };

  return {
    add: async (ctx: Ctx, { hostname }: AddDomain): Promise<Domain> => {
      const { appDomain } = config;
      if (hostname === appDomain || hostname.endsWith(`.${appDomain}`))
        throw invalid('/hostname', `must not lie under ${appDomain}, where every clinic has its subdomain`);
      const domain: Domain = {
        id: newId(),
        hostname,
        verification: {
          recordName: recordNameOf(hostname),
          recordValue: recordValueOf(randomBytes(RANDOM_BYTES)),
        },
        verifiedAt: null,
        version: 1,
        createdAt: clock.now(),
      };
      return database.transaction(ctx, async (tx) => {
        await insertDomain(tx, domain);
        await record(tx, ctx, 'added', domain);
        return domain;
      });
    },

    list: async (ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<Domain>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      return toPage(await listDomains(database.read(ctx.tenantId), { limit, after }), limit, ({ id }) => [
        id,
      ]);
    },

    get: async (ctx: Ctx, id: string): Promise<Domain> =>
      there(await findDomain(database.read(ctx.tenantId), id)),

    /** Looks for the record, and takes the hostname if it is there. A hostname that is proved stays so, also without it. */
    verify: async (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<Domain> => {
      const claim = there(await findDomain(database.read(ctx.tenantId), id));
      demandVersion(claim, ifMatch);
      const values = await lookUpTxt(claim.verification.recordName);
      demandProof(values, claim);
      const verified = await database.system.transaction(async (stx) => {
        const tx = stx.forTenant(ctx.tenantId);
        await release(stx, ctx, claim.hostname, values);
        const domain = there(await findDomainToChange(tx, id));
        demandVersion(domain, ifMatch);
        if (domain.verifiedAt !== null) return domain;
        const verifiedAt = clock.now();
        await setVerified(tx, id, verifiedAt);
        await record(tx, ctx, 'verified', domain);
        return { ...domain, verifiedAt, version: domain.version + 1 };
      });
      await directory.namesHaveChanged({ hostname: claim.hostname });
      return verified;
    },

    remove: async (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> => {
      const { hostname } = await database.transaction(ctx, async (tx) => {
        const domain = there(await findDomainToChange(tx, id));
        demandVersion(domain, ifMatch);
        await deleteDomain(tx, id);
        await record(tx, ctx, 'removed', domain);
        return domain;
      });
      await directory.namesHaveChanged({ hostname });
    },
  };
};
