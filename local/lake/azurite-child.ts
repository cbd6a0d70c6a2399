import { createRequire } from 'node:module';
import { journalLoki } from './loki-journal.ts';

const require = createRequire(import.meta.url);
const entry = require.resolve('azurite/dist/src/azurite.js');
journalLoki(createRequire(entry)('lokijs').prototype);

// Azurite ends on this signal, after writing what it has. Without a parent there is no one left to serve.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.once('SIGTERM', () => process.channel?.unref());
require(entry);
