import type { MessagesOfUsers } from '../domains/notifications/index.ts';
import type {
  ExportSource,
  MovePatient,
  NotesOfPatients,
  TimelineSource,
} from '../domains/patients/index.ts';

/** What the core needs of medical notes. */
export type Notes = NotesOfPatients & {
  readonly timelineOf: TimelineSource;
  readonly exportOf: ExportSource;
  /** What follows a merge in its transaction; nothing where notes hear of it by its event. */
  readonly movers: readonly MovePatient[];
};

/** What the core needs of notifications. */
export type Messages = MessagesOfUsers;
