import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import type { Model } from '../api/queries.ts';
import { useAnnouncement } from '../parts/announcer.tsx';
import { Callout } from '../parts/callout.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useTask } from '../parts/task.tsx';

/** Sets an earlier version live again, and shows how that goes. */
export function Promotion({ model, champion }: { model: Model; champion: string | undefined }) {
  const { pipeline, version, image, promotion } = model;
  const [asks, setAsks] = useState(false);
  const promote = useTask(
    () => answered(api.POST('/models/{pipeline}/{version}/promote', { params: { path: { pipeline, version } } })),
    () => `The rollout of ${version} has started.`,
    () => setAsks(false),
  );
  useAnnouncement(promotion ? `The promotion is ${promotion.status}.` : '');
  const close = () => {
    promote.clear();
    setAsks(false);
  };
  if (promotion?.status === 'Running') return <Going words={promotion.waitingFor} />;
  return (
    <>
      {promotion?.error && <Failed error={promotion.error} />}
      {version !== champion && (
        <div class="actions">
          <button type="button" disabled={!image} onClick={() => setAsks(true)}>
            Promote this version…
          </button>
          {!image && <span class="muted">It was never built, so that it cannot serve.</span>}
        </div>
      )}
      {asks && (
        <Dialog
          title={`Promote ${version}?`}
          action="Promote"
          busy={promote.busy}
          onConfirm={promote.run}
          onClose={close}
        >
          <p>
            It takes all traffic of {pipeline} once it has answered its golden requests as it did after its training.
            Until then, and if it does not, {champion ? <span class="mono">{champion}</span> : 'what serves now'} keeps
            serving.
          </p>
          {promote.error ? <Failure error={promote.error} /> : null}
        </Dialog>
      )}
    </>
  );
}

function Going({ words }: { words: string | undefined }) {
  return (
    <Callout tone="live" icon="ring" title="The promotion is under way">
      <p>{words ?? 'at work'}</p>
    </Callout>
  );
}

function Failed({
  error: { reason, message, hint },
}: {
  error: NonNullable<NonNullable<Model['promotion']>['error']>;
}) {
  return (
    <Callout tone="bad" icon="warning" title={`The last promotion failed: ${reason}`}>
      <p class="said">{message}</p>
      {hint && <p class="hint">{hint}</p>}
    </Callout>
  );
}
