import type { Ctx } from '../shared/types/context.ts';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { AppError } from '../shared/utils/errors.ts';
import type { Logger } from '../shared/utils/logger.ts';
import {
  type Answer,
  codesOf,
  commandCatalogue,
  commandNames,
  type CommandKind,
  type CommandName,
  type Request,
} from './command-catalogue.ts';
import { messageOf, type RealtimeSocket } from './messages.ts';
import { calendarRoom, doctorRoom, maySubscribe, patientRoom, staffRoom } from './rooms.ts';
import { createTokenBucket } from './token-bucket.ts';

export type CommandDeps = {
  readonly doctorExists: (ctx: Ctx, doctorId: string) => Promise<boolean>;
  /** Whom an appointment concerns; `undefined` where the caller may not know of it. */
  readonly appointmentAudience: (
    ctx: Ctx,
    appointmentId: string,
  ) => Promise<{ readonly doctorId: string; readonly patientId: string } | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Twenty at once, five a second in the long run: more than a person does, and little for a server. */
const RATE = { capacity: 20, perSecond: 5 };

const DONE = { ok: true } as const;
const refuse = <Code extends string>(code: Code) => ({ ok: false, code }) as const;

type Act<Name extends CommandName> = (
  socket: RealtimeSocket,
  request: Request<Name>,
  deps: CommandDeps,
) => Promise<Answer<Name>>;

const subscribe: Act<'subscribe'> = async (socket, { doctorId }, deps) => {
  const { ctx } = socket.data;
  if (!maySubscribe(ctx)) return refuse('forbidden');
  if (!(await deps.doctorExists(ctx, doctorId))) return refuse('doctor_not_found');
  await socket.join(calendarRoom(ctx.tenantId, doctorId));
  return DONE;
};

const unsubscribe: Act<'unsubscribe'> = async (socket, { doctorId }) => {
  await socket.leave(calendarRoom(socket.data.ctx.tenantId, doctorId));
  return DONE;
};

/** Of no use a moment later: not kept for who comes back. */
const typing: Act<'typing'> = async (socket, { appointmentId }, deps) => {
  const { ctx } = socket.data;
  const { tenantId, userId } = ctx;
  const audience = await deps.appointmentAudience(ctx, appointmentId);
  if (!audience) return refuse('appointment_not_found');
  const { doctorId, patientId } = audience;
  const typed = { id: newId(), tenantId, occurredAt: deps.clock.now() };
  socket
    .to([staffRoom(tenantId), doctorRoom(tenantId, doctorId), patientRoom(tenantId, patientId)])
    .volatile.emit('typing', messageOf('typing', typed, { appointmentId, userId }));
  return DONE;
};

const acts: { readonly [Name in CommandName]: Act<Name> } = { subscribe, unsubscribe, typing };

/** Answers the commands of one socket. Whatever a client sends, it gets an answer if it asked for one, and nothing breaks. */
export const answerCommands = (socket: RealtimeSocket, deps: CommandDeps): void => {
  const isAllowed = createTokenBucket(deps.clock, RATE);

  const answer = async (name: CommandName, sent: unknown): Promise<{ ok: boolean; code?: string }> => {
    const command: CommandKind = commandCatalogue[name];
    if (!isAllowed()) return refuse('rate_limited');
    const request = command.request.safeParse(sent);
    if (!request.success) return refuse('validation_failed');
    try {
      return await (acts[name] as Act<CommandName>)(socket, request.data as never, deps);
    } catch (error) {
      if (error instanceof AppError && codesOf(command).includes(error.problem.code))
        return refuse(error.problem.code);
      deps.logger.error({ err: error, requestId: socket.data.ctx.requestId }, 'A socket command failed');
      return refuse('internal_error');
    }
  };

  for (const name of commandNames)
    socket.on(name, (...sent: unknown[]) => {
      const acknowledge = sent.at(-1);
      void answer(name, sent[0]).then((answered) => {
        if (typeof acknowledge === 'function') (acknowledge as (answer: unknown) => void)(answered);
      });
    });
};
