import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { inTraceOf } from '../../shared/clients/tracing.ts';

const OVER = new Set<string>([
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
]);

/** Our port over the Durable client, whose errors are known by their text alone. */
export function durablePort(client: DurableClient): DurablePort {
  return {
    async start(orchestration, instanceId, input) {
      try {
        // Durable Functions hangs its own spans below the one that the request carries.
        await inTraceOf(instanceId, () => client.startNew(orchestration, { instanceId, input }));
        return true;
      } catch (error) {
        if (/instance with the status \w+ already exists/.test(String(error))) return false;
        throw error;
      }
    },
    async raise(instanceId, event, payload) {
      try {
        await client.raiseEvent(instanceId, event, payload);
      } catch (error) {
        // The client is silent where the instance is over (410) and throws where there is none (404).
        if (!String(error).includes('No instance with ID')) throw error;
      }
    },
    async status(instanceId) {
      try {
        const found = await client.getStatus(instanceId);
        return {
          over: OVER.has(found.runtimeStatus),
          customStatus: found.customStatus,
          output: found.output,
          ...(found.runtimeStatus === OrchestrationRuntimeStatus.Failed && { failed: String(found.output) }),
        };
      } catch (error) {
        if (String(error).includes('HTTP 404')) return undefined;
        throw error;
      }
    },
  };
}
