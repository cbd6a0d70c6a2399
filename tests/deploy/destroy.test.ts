import { describe, expect, test } from 'vitest';
import { Azure, SUBSCRIPTION, type Answer } from './command.ts';

const DESTROY = 'bicep/destroy-infrastructure.sh';
const deletions = (calls: string[]) => calls.filter((call) => / delete /.test(call));
const role = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/11111111-`;

describe('destroy', () => {
  test('says what goes, and deletes inside out', async () => {
    const { code, out, err, calls } = await new Azure().has('group').destroy();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/storageAccounts landfalllakeabc[\s\S]*data, models, runs[\s\S]*Landfall dev is gone/);
    const subscription = 'az eventgrid system-topic event-subscription delete --yes --name';
    expect(deletions(calls)).toEqual(
      [
        `${subscription} jobResultCreated --resource-group landfall-dev --system-topic-name landfall-dev-lake`,
        `${subscription} landingBlobCreated`,
        'az role assignment delete --ids /assignments/a /assignments/b',
        `az rest --method delete --url ${role}`,
        'az group delete --name landfall-dev --yes',
        'budgets/landfall-dev?',
        'az deployment sub delete --name landfall-dev',
      ].map((text) => expect.stringContaining(text)),
    );
  });

  test('names the subscription in every call', async () => {
    const { calls } = await new Azure().has('group').destroy();
    expect(calls.filter((call) => !call.includes(`--subscription ${SUBSCRIPTION}`))).toEqual([]);
  });

  test.each([
    ['Event subscriptions', 'az eventgrid system-topic event-subscription delete *'],
    ['Role of the clusters', 'az role assignment delete *'],
    ['Role of the clusters', 'az rest --method delete *roleDefinitions*'],
    ['Resource group', 'az group delete *'],
  ])('goes on after a failure at %s (%s)', async (step, call) => {
    const azure = new Azure().has('group');
    const failed = await azure.destroy(
      ['--yes'],
      [{ call, status: 1, stderr: 'ERROR: (ScopeLocked) A lock is on it.' }],
    );
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/A lock forbids it/);
    expect(failed.err).toContain(`Stopped at: ${step}. Go on with:`);
    expect(await azure.destroy()).toMatchObject({ code: 0, err: '' });
  });

  test('run again, finds that all is gone', async () => {
    const { code, out, calls } = await new Azure().destroy();
    expect(code).toBe(0);
    expect(out.match(/gone already|Already gone/g)).toHaveLength(3);
    expect(deletions(calls).filter((call) => !/budgets|deployment sub/.test(call))).toEqual([]);
  });

  test.each(['az group exists *', 'az rest --method delete *budgets*'])(
    'takes no refusal for "gone already": %s',
    async (call) => {
      const refused = { call, status: 1, stderr: 'ERROR: (AuthorizationFailed) no.' };
      const { code, out } = await new Azure().has('group').destroy(['--yes'], [refused]);
      expect(code).toBe(1);
      expect(out).not.toMatch(/Landfall dev is gone|gone already/);
    },
  );

  test('leaves the rest where budget and record are gone', async () => {
    const gone = ['az rest --method delete *budgets*', 'az deployment sub delete *'].map((call) => ({
      call,
      status: 1,
      stderr: 'Not Found',
    }));
    expect(await new Azure().has('group').destroy(['--yes'], gone)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Already gone: the budget'),
    });
  });

  test('waits for a role that is still given to someone', async () => {
    const held = {
      call: 'az rest --method delete *roleDefinitions*',
      times: 2,
      status: 1,
      stderr: 'RoleDefinitionHasAssignments',
    };
    expect(await new Azure().has('group').destroy(['--yes'], [held])).toMatchObject({ code: 0 });
  });

  test.each<[string, string[], Answer[], RegExp]>([
    [
      "someone else's resource group",
      [SUBSCRIPTION, '--yes'],
      [{ call: 'az group show *', stdout: 'x Succeeded -' }],
      /is not Landfall's/,
    ],
    ['nobody to ask', [SUBSCRIPTION], [], /no terminal to ask at/],
    ['what is no subscription id', ['mine', '--yes'], [], /'mine' is no subscription id/],
    ['an unknown option', [SUBSCRIPTION, '--what-if'], [], /There is no option --what-if/],
  ])('is refused: %s', async (_, args, answers, text) => {
    const { code, err, calls } = await new Azure().has('group').run(DESTROY, args, answers);
    expect({ code: code === 0, err, deletions: deletions(calls) }).toEqual({
      code: false,
      err: expect.stringMatching(text),
      deletions: [],
    });
  });

  test('--help tells how it is used', async () => {
    const { code, out, calls } = await new Azure().run(DESTROY, ['--help']);
    expect({ code, out, calls }).toEqual({ code: 0, out: expect.stringMatching(/--env[\s\S]*--yes/), calls: [] });
  });
});
