#!/usr/bin/env node
import { Command } from 'commander';
import { connect } from './api.ts';
import { doctor } from './doctor.ts';
import { CliError } from './cli-error.ts';

const program = new Command('landfall')
  .description('Landfall from the command line: talks to the app that npm start runs here, or to one in Azure.')
  .option('--api <url>', 'address of the app (or LANDFALL_API); by default the one that runs on this machine')
  .option('--key <key>', 'function key of the app (or LANDFALL_KEY)')
  .option('--json', 'print JSON')
  .showHelpAfterError('landfall --help lists the commands.');

program
  .command('doctor')
  .description('ask every part that the app depends on, and say what cures what is wrong')
  .action(async () => {
    const { json = false, ...where } = program.opts<{ json?: boolean; api?: string; key?: string }>();
    process.exitCode = await doctor(connect(where, process.env), json);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof CliError) console.error(`  → ${error.cure}`);
  process.exitCode = 1;
}
