import { loadPipelines } from './load-pipelines.ts';

// Prints what the app has against the pipelines of a folder, as JSON: node shared/check-pipelines.ts FOLDER. The command
// line runs it, which imports nothing of the app.
const [folder = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(loadPipelines(folder).broken));
