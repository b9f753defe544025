import { z } from 'zod';
import type { Ctx } from '../shared/types/context.ts';
import { plainAddress } from '../shared/utils/address.ts';
import { AppError, commonProblems, type Problem } from '../shared/utils/errors.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { RealtimeSocket } from './messages.ts';
import type { Recovery } from './recovery.ts';

/** Who holds this access token. Throws an {@link AppError} such as `token_expired` or `session_revoked`. */
export type Authenticate = (
  token: string,
  client: { readonly address: string; readonly userAgent: string },
) => Promise<Ctx>;

export const SOCKET_PATH = '/socket.io';

/** What a client sends as `auth`. */
export const Auth = z.object({
  token: z.string().min(1).meta({ description: 'The access token of the API' }),
});

/** Why a client may be refused. */
export const handshakeCodes = [
  'unauthenticated',
  'token_expired',
  'session_revoked',
  'tenant_suspended',
  'forbidden',
  'email_not_verified',
  'mfa_setup_required',
  'unavailable',
  'internal_error',
] as const;

/** What a client that is refused gets as `connect_error`. */
export const Refusal = z.object({
  message: z.string().meta({ example: commonProblems.unauthenticated.title }),
  data: z.object({ code: z.enum(handshakeCodes) }),
});

const Resuming = z.object({ pid: z.string() });

const isDescribed = ({ code }: Problem): boolean => (handshakeCodes as readonly string[]).includes(code);

/** Socket.IO sends its `message` and its `data`. */
const refusal = ({ code, title }: Problem) => Object.assign(new Error(title), { data: { code } });

const authenticatedBy = async (authenticate: Authenticate, { handshake }: RealtimeSocket) => {
  const auth = Auth.safeParse(handshake.auth);
  if (!auth.success) throw new AppError(commonProblems.unauthenticated);
  return authenticate(auth.data.token, {
    address: plainAddress(handshake.address),
    userAgent: handshake.headers['user-agent'] ?? '',
  });
};

/** A refused client may log in again and resume then. */
const keepPlace = async (recovery: Recovery, { recovered, handshake, id, data }: RealtimeSocket) => {
  const resuming = Resuming.safeParse(handshake.auth);
  if (!recovered || !resuming.success) return;
  await recovery.keep({ pid: resuming.data.pid, sid: id, rooms: data.previousRooms });
};

export type HandshakeDeps = {
  readonly authenticate: Authenticate;
  readonly recovery: Recovery;
  readonly logger: Logger;
};

/** Lets in who holds a valid token, whether the connection is new or resumes another. */
export const createHandshake =
  ({ authenticate, recovery, logger }: HandshakeDeps) =>
  async (socket: RealtimeSocket): Promise<Error | undefined> => {
    try {
      const [ctx, end] = await Promise.all([
        authenticatedBy(authenticate, socket),
        recovery.end().catch(() => undefined),
      ]);
      Object.assign(socket.data, { ctx, beginsAt: end });
      return undefined;
    } catch (error) {
      await keepPlace(recovery, socket).catch(() => undefined);
      if (error instanceof AppError && isDescribed(error.problem)) return refusal(error.problem);
      logger.error({ err: error }, 'A socket could not be authenticated');
      return refusal(commonProblems.internal_error);
    }
  };
