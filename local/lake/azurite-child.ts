import { createRequire } from 'node:module';
import { journalLoki } from './loki-journal.ts';
import { quickenLoki } from './loki-queries.ts';

const require = createRequire(import.meta.url);
const entry = require.resolve('azurite/dist/src/azurite.js');
const loki = createRequire(entry)('lokijs');
journalLoki(loki.prototype);
quickenLoki(loki);

// Azurite ends on this signal, after writing what it has. Without a parent there is no one left to serve.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.once('SIGTERM', () => process.channel?.unref());
// What it says on the way out has no reader then.
process.stdout.on('error', () => undefined);
require(entry);
