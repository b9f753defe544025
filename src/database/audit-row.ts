import { createHash, createHmac } from 'node:crypto';
import { deriveKey } from '../shared/crypto/sealed-box.ts';
import type { MasterKeys } from '../shared/crypto/master-keys.ts';
import { canonicalJson } from '../shared/utils/canonical-json.ts';

/** What a row of the audit trail says: who did what to what, when, from where, and by which request. */
export type AuditFacts = {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorId: string | null;
  readonly actorRole: string | null;
  /** Whom the actor acted for, where it was somebody else. */
  readonly onBehalfOf: string | null;
  readonly apiKeyId: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly changes: Readonly<Record<string, unknown>> | null;
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string;
};

/** One spelling for one row, whichever database it comes from. Hashes and marks are of it; so are archives. */
export const textOfRow = (row: AuditFacts): string =>
  JSON.stringify([
    row.id,
    row.occurredAt.toISOString(),
    row.actorId,
    row.actorRole,
    row.onBehalfOf,
    row.apiKeyId,
    row.action,
    row.resourceType,
    row.resourceId,
    row.changes && canonicalJson(row.changes),
    row.address,
    row.userAgent,
    row.requestId,
  ]);

export const hashOfRow = (row: AuditFacts): Buffer => createHash('sha256').update(textOfRow(row)).digest();

export type Marker = {
  /** What shows that the application wrote the row, and not somebody who can write into the database. */
  mark(tenantId: string, row: AuditFacts): Buffer;
  /** Whether one of the configured master keys made the mark. */
  isOurs(tenantId: string, row: AuditFacts, mark: Buffer): boolean;
};

export const createMarker = (masterKeys: MasterKeys): Marker => {
  const keys = masterKeys.map(({ key }) => deriveKey(key, 'mark of audit rows'));
  const markWith = (key: Buffer, tenantId: string, row: AuditFacts) =>
    createHmac('sha256', key)
      .update(`${tenantId}\n${textOfRow(row)}`)
      .digest();
  const [first = Buffer.of()] = keys;
  return {
    mark: (tenantId, row) => markWith(first, tenantId, row),
    isOurs: (tenantId, row, mark) => keys.some((key) => markWith(key, tenantId, row).equals(mark)),
  };
};
