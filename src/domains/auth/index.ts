import type { AuditTrail } from '../../database/audit.ts';
import type { Database, Db } from '../../database/db.ts';
import type { Keyring } from '../../database/keyring.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Permission } from '../../shared/config/permissions.ts';
import type { Broadcast } from '../../shared/utils/broadcast.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { Redis } from '../../shared/utils/redis.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import type { Accounts, ExportSource, PatientsPort } from '../patients/index.ts';
import type { AccountsPort, TenantsPort } from '../tenants/index.ts';
import { createAccountController } from './controllers/account.controller.ts';
import { createApiKeyController } from './controllers/api-key.controller.ts';
import { createAuthController } from './controllers/auth.controller.ts';
import { createCustomRoleController } from './controllers/custom-role.controller.ts';
import { createUserController } from './controllers/user.controller.ts';
import type { AccountLetter } from './models/account-letter.ts';
import { looksLikeApiKey } from './models/api-key-text.ts';
import type { Tokens } from './models/tokens.ts';
import type { User } from './models/user.ts';
import { invitationRoutes, letterRoutes, mfaRoutes } from './routes/account.routes.ts';
import { apiKeyRoutes } from './routes/api-key.routes.ts';
import { authRoutes } from './routes/auth.routes.ts';
import { customRoleRoutes } from './routes/custom-role.routes.ts';
import { sessionRoutes } from './routes/session.routes.ts';
import { userRoutes } from './routes/user.routes.ts';
import { createAccountCloser } from './services/account-closer.ts';
import { createAccountExport } from './services/account-export.ts';
import { createAccountLinks } from './services/account-links.ts';
import { createAccountOpener } from './services/account-opener.ts';
import { createApiKeyStandings } from './services/api-key-standings.ts';
import { createApiKeyService } from './services/api-key.service.ts';
import { type Authenticate, createAuthentication } from './services/authentication.service.ts';
import { createCustomRoleService } from './services/custom-role.service.ts';
import { createEmailVerification } from './services/email-verification.service.ts';
import { createInvitationService } from './services/invitation.service.ts';
import { createLetterLimit } from './services/letter-limit.ts';
import { createLinkTokens } from './services/link-token.ts';
import { createCodeGuard, createLoginGuard } from './services/login-guard.ts';
import { createLogin } from './services/login.service.ts';
import { createOwnAccountService } from './services/own-account.service.ts';
import { createPasswordHasher } from './services/password-hasher.ts';
import { orTenantRequired } from './services/platform-login.ts';
import { createPasswordReset } from './services/password-reset.service.ts';
import { createProfiles, type ProfileOfUser } from './services/profiles.ts';
import { createRefresh } from './services/refresh.service.ts';
import { createAccountsPort, createRegistration } from './services/registration.service.ts';
import { createRoleDirectory, type HeldRole } from './services/role-directory.ts';
import { createSecondFactor } from './services/second-factor.service.ts';
import { createSessionCopies } from './services/session-copies.ts';
import { createSessionEnder } from './services/session-ender.ts';
import { createSessionStandings } from './services/session-standings.ts';
import { createSessionStarter } from './services/session-starter.ts';
import { createSessionService } from './services/session.service.ts';
import { createSuperAdmins, type CreateSuperAdmin } from './services/super-admin.service.ts';
import { type PublicKey, publicKeysOf } from './services/signing-keys.ts';
import { createTokenSigner } from './services/token-signer.ts';
import { createUserService } from './services/user.service.ts';

export type { AccountLetter } from './models/account-letter.ts';
export type { Identity } from './models/identity.ts';
export type { User } from './models/user.ts';
export { authChores } from './chores.ts';
export { authEvents } from './events.ts';
export { authProblems } from './problems.ts';
export { endings as endingsOfSessions } from './services/session-standings.ts';
export { sealedOfAccounts } from './repositories/sealed.repository.ts';
export { findActiveRole, findNames, findUser, listAdminIds } from './repositories/user.repository.ts';

/** What other parts may ask of auth. */
export type AuthPort = {
  /** Tells whom an access token or an API key speaks for. */
  readonly authenticate: Authenticate;
  readonly createSuperAdmin: CreateSuperAdmin;
  /** The keys with which others may check access tokens; none while these are signed with a secret. */
  readonly publicKeys: readonly PublicKey[];
  /** What a letter that `auth.link_created` asks for has to say; nothing where it has become pointless. */
  accountLetter(db: Db, linkId: string): Promise<AccountLetter | undefined>;
  readonly permissionsOf: (tenantId: string, held: HeldRole) => Promise<ReadonlySet<Permission>>;
  /** Whether the session has not ended, and its account is set up as the clinic asks; at most a few seconds old. */
  isSessionLive(session: { tenantId: string; sessionId: string }): Promise<boolean>;
  /** Calls `listener` with sessions that have ended, at once for those that ended here; without Redis, for no others. */
  readonly onSessionsEnded: (listener: (sessionIds: readonly string[]) => void) => void;
};

export type AuthDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  redis: Redis;
  broadcast: Broadcast;
  clock: Clock;
  logger: Logger;
  config: Pick<Config, 'jwt' | 'bcryptCost' | 'publicUrl'>;
  keyring: Keyring;
  tenants: TenantsPort;
  patients: PatientsPort;
  doctorOfUser: ProfileOfUser;
  metrics: Pick<Metrics, 'cache'>;
};

export type Auth = {
  readonly port: AuthPort;
  /** What sign-up of a clinic needs. */
  readonly accounts: AccountsPort<typeof User, typeof Tokens>;
  /** What the register of patients needs. */
  readonly ofPatients: Accounts;
  readonly exportOf: ExportSource;
  readonly routes: RouteGroup[];
};

/** Users, their passwords, their sessions and tokens. */
export const createAuth = (deps: AuthDeps): Auth => {
  const tokens = createTokenSigner(deps);
  const passwords = createPasswordHasher(deps.config);
  const copies = createSessionCopies(deps.redis);
  const { patientOfUser } = deps.patients;
  const profiles = createProfiles({ doctorOfUser: deps.doctorOfUser, patientOfUser });
  const roles = createRoleDirectory(deps);
  const standings = createSessionStandings({ ...deps, copies, profiles });
  const apiKeys = createApiKeyStandings({ ...deps, profiles, roles });
  const sessions = createSessionStarter({ ...deps, tokens });
  const endSessions = createSessionEnder(deps);
  const accounts = createAccountOpener(deps);
  const guard = createLoginGuard(deps.redis);
  const codeGuard = createCodeGuard(deps.redis);
  const letters = createLetterLimit(deps.redis);
  const linkTokens = createLinkTokens(deps.config.jwt.refreshSecret);
  const links = createAccountLinks({ ...deps, linkTokens });
  const secondFactor = createSecondFactor({ ...deps, passwords, guard });
  const safety = { guard, codeGuard, letters, links, secondFactor };
  const standing = { standings, sessions, endSessions, accounts, roles, apiKeys };
  const parts = { ...deps, ...safety, ...standing, tokens, passwords };

  const logins = createLogin(parts);
  const controller = createAuthController({
    register: createRegistration(parts),
    login: { ...logins, login: orTenantRequired(logins.login) },
    refresh: createRefresh(parts),
    account: createOwnAccountService(parts),
    sessions: createSessionService(parts),
  });
  const account = createAccountController({
    verification: createEmailVerification(parts),
    passwordReset: createPasswordReset(parts),
    invitations: createInvitationService(parts),
    secondFactor,
  });
  const users = createUserController(createUserService(parts));
  const keys = createApiKeyController(createApiKeyService(parts));
  const customRoles = createCustomRoleController(createCustomRoleService(parts));
  const authenticate = createAuthentication(parts);
  return {
    port: {
      authenticate: (token) => (looksLikeApiKey(token) ? apiKeys : { authenticate }).authenticate(token),
      createSuperAdmin: createSuperAdmins(parts),
      permissionsOf: roles.permissionsOf,
      publicKeys: publicKeysOf(deps.config.jwt.keys),
      accountLetter: links.letterOf,
      isSessionLive: async ({ tenantId, sessionId }) => {
        const standing = await standings.find(tenantId, sessionId);
        return standing !== undefined && standing.lacks === undefined;
      },
      onSessionsEnded: standings.onEnded,
    },
    accounts: createAccountsPort(parts),
    ofPatients: createAccountCloser(parts),
    exportOf: createAccountExport(parts),
    routes: [
      authRoutes(controller),
      letterRoutes(account),
      mfaRoutes(account),
      sessionRoutes(controller),
      invitationRoutes(account),
      userRoutes(users),
      customRoleRoutes(customRoles),
      apiKeyRoutes(keys),
    ],
  };
};
