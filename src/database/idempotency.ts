import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { IdempotentReplay, type IdempotencyKey } from '../shared/types/idempotency.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { duplicateKeyOf, isLocked } from './failures.ts';
import type { Queries } from './queries.ts';
import { bin, sql, type Sql } from './sql.ts';

/** Encrypts stored answers: they may hold tokens or a patient's words, which a dump of the database must not show. */
export type AnswerSeal = {
  close(key: IdempotencyKey, answer: string): Buffer;
  /** Nothing for an answer that was sealed under another secret. */
  open(key: IdempotencyKey, sealed: Buffer): string | undefined;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key derived (HKDF, RFC 5869) from the installation's secret and the client's key. */
export const createAnswerSeal = (secret: string): AnswerSeal => {
  const keyFor = ({ key, tenantId, userId }: IdempotencyKey) =>
    Buffer.from(hkdfSync('sha256', secret, `${tenantId}${userId}`, `idempotency:${key}`, 32));
  return {
    close: (key, answer) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyFor(key), iv);
      return Buffer.concat([iv, cipher.update(answer, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (key, sealed) => {
      const decipher = createDecipheriv('aes-256-gcm', keyFor(key), sealed.subarray(0, IV_BYTES));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const answer = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8');
      try {
        return answer + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
};

type StoredAnswer = { fingerprint: Buffer; answer: Buffer | null };
const isOwnKey = ({ tenantId, userId, key }: IdempotencyKey) =>
  sql`tenant_id = ${bin(tenantId)} AND user_id = ${bin(userId)} AND idempotency_key = ${key}`;

/** NOWAIT: a row that another transaction holds belongs to a request that is still running. */
const findAnswer = async (db: Queries, key: IdempotencyKey) => {
  try {
    return await db.one<StoredAnswer>(sql`
      SELECT fingerprint, answer FROM idempotency_keys WHERE ${isOwnKey(key)} FOR UPDATE NOWAIT`);
  } catch (error) {
    if (isLocked(error)) throw new AppError(commonProblems.idempotency_in_progress);
    throw error;
  }
};

/** What was done must not be done again, also where its answer cannot be read since the secret has changed. */
const replay = (stored: StoredAnswer, key: IdempotencyKey, seal: AnswerSeal): never => {
  if (!stored.fingerprint.equals(key.fingerprint)) throw new AppError(commonProblems.idempotency_key_reused);
  if (stored.answer === null) throw new Error('An idempotency key was committed without its answer');
  const answer = seal.open(key, stored.answer);
  if (answer === undefined) throw new AppError(commonProblems.idempotency_answer_lost);
  throw new IdempotentReplay(answer);
};

/** Of two that insert at once, the second waits for the first to commit or roll back, but not for long. */
const take = async (db: Queries, key: IdempotencyKey) => {
  try {
    await db.run(sql`
      INSERT INTO idempotency_keys (tenant_id, user_id, idempotency_key, fingerprint)
      VALUES (${bin(key.tenantId)}, ${bin(key.userId)}, ${key.key}, ${key.fingerprint})`);
    return true;
  } catch (error) {
    if (duplicateKeyOf(error) === 'PRIMARY') return false;
    if (isLocked(error)) throw new AppError(commonProblems.idempotency_in_progress);
    throw error;
  }
};

/** Runs `work` and keeps its answer in the same transaction, or throws the answer that was kept before. */
export const answerOnce = async <T>(
  db: Queries & { later(statement: Sql): void },
  key: IdempotencyKey,
  seal: AnswerSeal,
  work: () => Promise<T>,
): Promise<T> => {
  const before = await findAnswer(db, key);
  if (before) replay(before, key, seal);
  if (!(await take(db, key))) {
    const meanwhile = await findAnswer(db, key);
    if (meanwhile) replay(meanwhile, key, seal);
    throw new AppError(commonProblems.idempotency_in_progress);
  }
  const result = await work();
  db.later(sql`
    UPDATE idempotency_keys SET answer = ${seal.close(key, key.encode(result))} WHERE ${isOwnKey(key)}`);
  return result;
};
