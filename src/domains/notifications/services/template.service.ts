import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import { exampleFacts } from '../models/example-facts.ts';
import { bodyVariables, type Message, titleVariables, writeMessage } from '../models/message.ts';
import {
  asPreview,
  builtInNames,
  builtInText,
  hasTitle,
  keyOf,
  nameOf,
  type OwnTemplate,
  type PreviewedMessage,
  type Template,
  type TemplateName,
} from '../models/template.ts';
import { fill, TemplateError } from '../models/template-text.ts';
import { notificationProblems } from '../problems.ts';
import {
  deleteTemplate,
  findTemplates,
  findTemplateToChange,
  listTemplates,
  saveTemplate,
} from '../repositories/template.repository.ts';
import { type SaveTemplate, TemplatePosition } from '../validators/template.ts';

export type TemplateDeps = { database: Database; audit: AuditTrail; clock: Clock };
/** Words to try out; those that are left out are the ones in use. */
export type SomeWords = { readonly [Part in keyof SaveTemplate]?: SaveTemplate[Part] | undefined };
export type TemplateService = ReturnType<typeof createTemplateService>;

const demandName = (key: string): TemplateName => {
  const name = nameOf(key);
  if (!name) throw new AppError(notificationProblems.template_not_found);
  return name;
};

const shown = (name: TemplateName, own: OwnTemplate | undefined): Template | undefined => {
  const text = own ?? builtInText(name);
  return (
    text && {
      ...name,
      key: keyOf(name),
      title: hasTitle(name.channel) ? (text.title ?? '') : null,
      body: text.body,
      custom: own !== undefined,
      titleVariables: hasTitle(name.channel) ? titleVariables(name.kind) : [],
      bodyVariables: bodyVariables(name.kind, name.channel),
      version: own?.version ?? 0,
      updatedAt: own?.updatedAt ?? null,
    }
  );
};

const demandWords = (template: Template | undefined): Template => {
  if (!template) throw new AppError(notificationProblems.template_not_found);
  return template;
};

/** Writes the message with an example; 422 with a pointer to the text that is no template. */
const tryOut = ({ kind, channel, language }: TemplateName, { title, body }: SaveTemplate): Message => {
  const facts = exampleFacts(language);
  const only = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));
  demandTemplate('/title', () => fill(title ?? '', only(titleVariables(kind))));
  demandTemplate('/body', () => fill(body, only(bodyVariables(kind, channel))));
  const look = { clinic: facts.clinic, color: null, language };
  return writeMessage({ kind, channel, look }, { title: title ?? '', body }, facts);
};

const demandTemplate = (pointer: string, write: () => string): void => {
  try {
    write();
  } catch (error) {
    if (error instanceof TemplateError) throw invalid(pointer, error.message);
    throw error;
  }
};

/** The words of a clinic's messages: its own where it has any, else the product's. */
export const createTemplateService = ({ database, audit, clock }: TemplateDeps) => {
  const find = async (db: Db, key: string): Promise<Template> => {
    const name = demandName(key);
    const [own] = await findTemplates(db, [key]);
    return demandWords(shown(name, own));
  };
  const record = (tx: Tx, ctx: Ctx, key: string, action: string) =>
    audit.record(tx, ctx, {
      action: `notification_template.${action}`,
      resourceType: 'tenant',
      resourceId: ctx.tenantId,
      changes: { key },
    });

  return {
    /** In the order of the keys; those of the product, and those that the clinic has added. */
    list: async (ctx: Ctx, { limit, cursor }: PageQuery) => {
      const after = decodeCursor(TemplatePosition, cursor)?.[0] ?? '';
      const own = new Map((await listTemplates(database.read(ctx.tenantId))).map((each) => [each.key, each]));
      const keys = [...new Set([...builtInNames.map(keyOf), ...own.keys()])].sort();
      const found = keys
        .filter((key) => key > after)
        .slice(0, limit + 1)
        .map((key) => demandWords(shown(demandName(key), own.get(key))));
      return toPage(found, limit, ({ key }) => [key]);
    },

    get: (ctx: Ctx, key: string): Promise<Template> => find(database.read(ctx.tenantId), key),

    /** What is saved can be sent: it was written once with an example. */
    save: (ctx: Ctx, key: string, words: SaveTemplate, ifMatch: number | undefined): Promise<Template> => {
      const name = demandName(key);
      tryOut(name, words);
      return database.transaction(ctx, async (tx) => {
        const current = await findTemplateToChange(tx, key);
        demandVersion({ version: current?.version ?? 0 }, ifMatch);
        const own = {
          key,
          title: hasTitle(name.channel) ? (words.title ?? '') : null,
          body: words.body,
          version: (current?.version ?? 0) + 1,
          updatedAt: clock.now(),
        };
        await saveTemplate(tx, own);
        await record(tx, ctx, key, 'saved');
        return demandWords(shown(name, own));
      });
    },

    /** Goes back to the product's words. */
    reset: (ctx: Ctx, key: string, ifMatch: number | undefined): Promise<void> => {
      demandName(key);
      return database.transaction(ctx, async (tx) => {
        const current = await findTemplateToChange(tx, key);
        demandVersion({ version: current?.version ?? 0 }, ifMatch);
        if (!current) return;
        await deleteTemplate(tx, key);
        await record(tx, ctx, key, 'reset');
      });
    },

    /** The message with an example, of the words that are given or else of those that are stored. */
    preview: async (ctx: Ctx, key: string, words: SomeWords = {}): Promise<PreviewedMessage> => {
      const name = demandName(key);
      const stored =
        words.body === undefined ? await find(database.read(ctx.tenantId), key) : { title: '', body: '' };
      const title = words.title ?? stored.title ?? '';
      return asPreview(name.channel, tryOut(name, { title, body: words.body ?? stored.body }));
    },
  };
};
