const STATE_LABEL = '$OutOfProcData$:';

// What .NET adds where an orchestration's failure is told to its parent; apps see it in the message.
const ORCHESTRATION_STACK =
  '   at System.Threading.Tasks.Task.ThrowIfExceptional(Boolean includeTaskCanceledExceptions)\n' +
  '   at Microsoft.Azure.WebJobs.Extensions.DurableTask.TaskOrchestrationShim.InvokeUserCodeAndHandleResults' +
  '(RegisteredFunctionInfo orchestratorInfo, OrchestrationContext innerContext)';

const INVOCATION_STACK =
  '   at Microsoft.Azure.WebJobs.Host.Executors.FunctionInvoker`2.InvokeAsync(Object instance, Object[] arguments)';

/** The human part and the stack of a failed invocation's text, `Result: Failure\nException: …\nStack: …`. */
export function parseFailure(text: string): { message: string; stack: string } {
  const parts = /^Result: Failure\r?\nException: ([\s\S]*?)\r?\nStack: ([\s\S]*)$/.exec(text);
  return { message: parts?.[1] ?? text, stack: parts?.[2] ?? '' };
}

/** The orchestrator's state that the SDK hides in the text of a failed orchestrator, if it is there. */
export function stateInFailure(text: string): unknown {
  const at = text.indexOf(STATE_LABEL);
  if (at < 0) return undefined;
  const line = text.slice(at + STATE_LABEL.length).split('\n', 1)[0];
  return line === undefined ? undefined : JSON.parse(line);
}

/** The fields of TaskFailed, which the SDK joins to its message, reason first. The real details hold more empty fields. */
export function activityFailure(name: string, text: string): { Reason: string; Details: string; FailureDetails: null } {
  const { message, stack } = parseFailure(text);
  const InnerException = {
    $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, host',
    RemoteStackTrace: stack,
    RemoteMessage: message,
    Message: text,
    Source: 'host',
    StackTrace: INVOCATION_STACK,
  };
  const $type = 'System.Exception, System.Private.CoreLib';
  const details = { $type, ClassName: 'System.Exception', Message: ` ${message}`, Data: null, InnerException };
  return {
    Reason: `Activity function '${name}' failed:  ${message}`,
    Details: JSON.stringify(details),
    FailureDetails: null,
  };
}

/** The details that a parent is told of a failed sub-orchestration. */
export function orchestrationDetails(error: string): string {
  return `Message: ${error}, StackTrace: ${ORCHESTRATION_STACK}`;
}

/** The refusal of a function that the app has not got, in the extension's words. */
export function unknownFunction(name: string, kind: 'orchestrator' | 'activity', known: string[]): string {
  const list = known.length
    ? `The following are the known ${kind} functions: '${known.join("', '")}'.`
    : `No ${kind} functions are currently registered!`;
  return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: ${list}`;
}
