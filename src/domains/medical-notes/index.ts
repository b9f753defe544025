import type { AuditTrail } from '../../database/audit.ts';
import type { Database } from '../../database/db.ts';
import type { Keyring } from '../../database/keyring.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createNoteController } from './controllers/note.controller.ts';
import { createTemplateController } from './controllers/template.controller.ts';
import { noteRoutes } from './routes/note.routes.ts';
import { templateRoutes } from './routes/template.routes.ts';
import { createNoteBox } from './services/note-box.ts';
import { createNoteJournal } from './services/note-journal.ts';
import type { Treats } from './services/note-sight.ts';
import { createNoteService, type FindVisit } from './services/note.service.ts';
import { createSigningService } from './services/signing.service.ts';
import { createTemplateService } from './services/template.service.ts';

export { medicalNoteEvents } from './events.ts';
export { medicalNoteProblems } from './problems.ts';

export type MedicalNotesDeps = {
  database: Database;
  keyring: Keyring;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  treats: Treats;
  findVisit: FindVisit;
};

export const createMedicalNotes = (deps: MedicalNotesDeps): { routes: RouteGroup[] } => {
  const parts = { ...deps, box: createNoteBox(deps.keyring), journal: createNoteJournal(deps) };
  const notes = createNoteController(createNoteService(parts), createSigningService(parts));
  return {
    routes: [templateRoutes(createTemplateController(createTemplateService(deps))), noteRoutes(notes)],
  };
};
