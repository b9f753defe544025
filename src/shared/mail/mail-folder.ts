import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Id, newId } from '../types/id.ts';
import type { Clock } from '../utils/clock.ts';

const SHOWN = 100;

/** What a mail says, for a page that shows it. */
export type KeptMail = {
  readonly id: string;
  readonly sentAt: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

/** Mails as files: `<id>.eml` (RFC 5322), which any mail program opens, and `<id>.json`. Ids grow with time. */
export type MailFolder = {
  put(mail: Pick<KeptMail, 'to' | 'subject' | 'text'>, message: Buffer): Promise<void>;
  /** The newest first, a hundred at most. */
  list(): Promise<KeptMail[]>;
  /** `id` may be any text. */
  read(id: string): Promise<KeptMail | undefined>;
};

export const createMailFolder = (path: string, clock: Clock): MailFolder => {
  const read = async (id: string) => {
    if (!Id.safeParse(id).success) return undefined;
    const text = await readFile(join(path, `${id}.json`), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as KeptMail);
  };
  return {
    read,
    // The part that is listed comes last, and is moved into its place: nobody reads half a mail.
    put: async ({ to, subject, text }, message) => {
      const id = newId();
      const kept: KeptMail = { id, sentAt: clock.now().toISOString(), to, subject, text };
      await mkdir(path, { recursive: true });
      await writeFile(join(path, `${id}.eml`), message, { mode: 0o600 });
      const part = join(path, `${id}.part`);
      await writeFile(part, JSON.stringify(kept), { mode: 0o600 });
      await rename(part, join(path, `${id}.json`));
    },
    list: async () => {
      const files = await readdir(path).catch((): string[] => []);
      const ids = files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
      const mails = await Promise.all(ids.sort().reverse().slice(0, SHOWN).map(read));
      return mails.filter((mail) => mail !== undefined);
    },
  };
};
