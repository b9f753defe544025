import { z } from 'zod';
import type { Ctx } from '../shared/types/context.ts';
import { Id, newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Answer, ClientToServerEvents, RealtimeSocket } from './messages.ts';
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

const DONE: Answer = { ok: true };
const refuse = (code: string): Answer => ({ ok: false, code });

const OfDoctor = z.strictObject({ doctorId: Id });
const OfAppointment = z.strictObject({ appointmentId: Id });

const subscribe = async (socket: RealtimeSocket, deps: CommandDeps, doctorId: string) => {
  const { ctx } = socket.data;
  if (!maySubscribe(ctx)) return refuse(commonProblems.forbidden.code);
  if (!(await deps.doctorExists(ctx, doctorId))) return refuse('doctor_not_found');
  await socket.join(calendarRoom(ctx.tenantId, doctorId));
  return DONE;
};

const unsubscribe = async (socket: RealtimeSocket, doctorId: string) => {
  await socket.leave(calendarRoom(socket.data.ctx.tenantId, doctorId));
  return DONE;
};

/** Of no use a moment later: not kept for who comes back. */
const typing = async (socket: RealtimeSocket, deps: CommandDeps, appointmentId: string) => {
  const { ctx } = socket.data;
  const { tenantId, userId } = ctx;
  const audience = await deps.appointmentAudience(ctx, appointmentId);
  if (!audience) return refuse('appointment_not_found');
  const { doctorId, patientId } = audience;
  socket
    .to([staffRoom(tenantId), doctorRoom(tenantId, doctorId), patientRoom(tenantId, patientId)])
    .volatile.emit('typing', {
      id: newId(),
      type: 'typing',
      occurredAt: deps.clock.now().toISOString(),
      tenantId,
      data: { appointmentId, userId },
    });
  return DONE;
};

/** Answers the commands of one socket. Whatever a client sends, it gets an answer if it asked for one, and nothing breaks. */
export const answerCommands = (socket: RealtimeSocket, deps: CommandDeps): void => {
  const isAllowed = createTokenBucket(deps.clock, RATE);

  const answer = async <Request>(
    schema: z.ZodType<Request>,
    request: unknown,
    act: (request: Request) => Promise<Answer>,
  ): Promise<Answer> => {
    if (!isAllowed()) return refuse('rate_limited');
    const parsed = schema.safeParse(request);
    if (!parsed.success) return refuse(commonProblems.validation_failed.code);
    try {
      return await act(parsed.data);
    } catch (error) {
      if (error instanceof AppError) return refuse(error.problem.code);
      deps.logger.error({ err: error, requestId: socket.data.ctx.requestId }, 'A socket command failed');
      return refuse(commonProblems.internal_error.code);
    }
  };

  const on = <Request>(
    name: keyof ClientToServerEvents,
    schema: z.ZodType<Request>,
    act: (request: Request) => Promise<Answer>,
  ) => {
    socket.on(name, (...sent: unknown[]) => {
      const acknowledge = sent.at(-1);
      void answer(schema, sent[0], act).then((answered) => {
        if (typeof acknowledge === 'function') (acknowledge as (answer: Answer) => void)(answered);
      });
    });
  };

  on('subscribe', OfDoctor, ({ doctorId }) => subscribe(socket, deps, doctorId));
  on('unsubscribe', OfDoctor, ({ doctorId }) => unsubscribe(socket, doctorId));
  on('typing', OfAppointment, ({ appointmentId }) => typing(socket, deps, appointmentId));
};
