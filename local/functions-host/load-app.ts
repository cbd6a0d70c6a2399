import { existsSync, globSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { createAppFunction, type AppFunction } from './app-function.ts';
import type { Binding, Callback, Hook, Log, ProgrammingModel } from './core.ts';

/** An app that has been loaded. */
export interface App {
  dir: string;
  main: string;
  functions: AppFunction[];
  hooks: Map<string, Hook[]>;
  model: ProgrammingModel | undefined;
}

type Require = (this: unknown, id: string) => unknown;

/** Finds the files that package.json names as main; a text that says what is wrong is thrown as an error. */
export function findMain(dir: string): { main: string; files: string[] } {
  const manifest = join(dir, 'package.json');
  if (!existsSync(manifest)) throw new Error(`${manifest} is not there: give the folder of a functions app.`);
  const { main } = JSON.parse(readFileSync(manifest, 'utf8')) as { main?: string };
  if (!main) throw new Error(`${manifest} names no main: set it to the file that registers the functions.`);
  const files = globSync(main, { cwd: dir }).map((file) => join(dir, file));
  if (files.length === 0) throw new Error(`${join(dir, main)} is not there: build the app first (npm run build).`);
  return { main, files };
}

/** Loads the app through a stand-in of @azure/functions-core. An app that throws has no functions, as in Azure. */
export async function loadApp(dir: string, log: Log): Promise<App> {
  const { main, files } = findMain(dir);
  // Apps look for their files from their folder.
  process.chdir(dir);
  const app: App = { dir, main, functions: [], hooks: new Map(), model: undefined };
  provide('@azure/functions-core', createCore(app, log));
  const require = createRequire(join(dir, 'package.json'));
  try {
    for (const file of files) require(file);
  } catch (error) {
    app.functions = [];
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'Host.Function.Console', `Worker was unable to load entry point '${main}': ${reason}`);
  }
  const { HttpUri } = (await app.model?.getCapabilities({})) ?? {};
  if (HttpUri) refuseStreams(app);
  return app;
}

/** Answers one module name of every require from here on, as the Node worker does. */
function provide(name: string, value: object): void {
  const prototype = Module.prototype as { require: Require };
  const original = prototype.require;
  prototype.require = function (id) {
    return id === name ? value : original.call(this, id);
  };
}

function createCore(app: App, log: Log): object {
  return {
    version: '3.9.1',
    hostVersion: '4.1037.0',
    Disposable,
    setProgrammingModel: (model: ProgrammingModel) => (app.model = model),
    getProgrammingModel: () => app.model,
    log,
    registerFunction({ name, bindings }: { name: string; bindings: Record<string, Binding> }, callback: Callback) {
      if (app.functions.some((fn) => fn.name.toLowerCase() === name.toLowerCase())) {
        throw new Error(`A function with id '${name}' has already been registered.`);
      }
      const fn = createAppFunction(name, bindings, callback);
      app.functions.push(fn);
      return new Disposable(() => {
        app.functions = app.functions.filter((other) => other !== fn);
      });
    },
    registerHook(name: string, hook: Hook) {
      app.hooks.set(name, [...(app.hooks.get(name) ?? []), hook]);
      return new Disposable(() => {
        app.hooks.set(
          name,
          (app.hooks.get(name) ?? []).filter((other) => other !== hook),
        );
      });
    },
  };
}

function refuseStreams(app: App): void {
  for (const fn of app.functions) {
    if (fn.trigger.type === 'httpTrigger') fn.error = 'enableHttpStream is not supported by the local functions host.';
  }
}

class Disposable {
  readonly #undo: () => void;
  constructor(undo: () => void) {
    this.#undo = undo;
  }
  dispose(): void {
    this.#undo();
  }
}
