import { useMutation } from '@tanstack/preact-query';
import { useContext } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import { formatJson } from '../format/json.ts';
import { formatDuration } from '../format/duration.ts';
import { Announce } from '../parts/announcer.tsx';
import { Failure } from '../parts/failure.tsx';
import { VersionLink } from '../parts/link.tsx';
import { parseRequest } from './predict-request.ts';
import './predict-form.css';

interface Props {
  pipeline: string;
  champion: string;
  requests: unknown[];
  text: string;
  onText: (text: string) => void;
}

/** A request to a model, and its answer. */
export function PredictForm({ pipeline, champion, requests, text, onText }: Props) {
  const announce = useContext(Announce);
  const predict = useMutation({
    mutationFn: (asked: string) => ask(pipeline, asked),
    onSuccess: ({ version }) => announce(`Version ${version} has answered.`),
  });
  const parsed = parseRequest(text);
  return (
    <div class="cards">
      <form
        class="card"
        aria-labelledby="request"
        onSubmit={(event) => {
          event.preventDefault();
          predict.mutate(text);
        }}
      >
        <h2 id="request">Request</h2>
        {requests.length > 1 && <GoldenPicker requests={requests} onText={onText} />}
        <label class="field">
          JSON in KServe’s V1 form
          <textarea
            class="mono"
            rows={9}
            spellcheck={false}
            value={text}
            aria-invalid={'problem' in parsed}
            aria-describedby="request-problem"
            onInput={(event) => onText(event.currentTarget.value)}
          />
        </label>
        <p id="request-problem" class="problem" aria-live="polite">
          {'problem' in parsed ? parsed.problem : ''}
        </p>
        <button type="submit" class="primary" disabled={'problem' in parsed || predict.isPending}>
          Predict
        </button>
      </form>
      <div class="card">
        <h2>Answer</h2>
        {predict.error ? <Failure error={predict.error} /> : null}
        {predict.data ? (
          <>
            <p>
              By version <VersionLink pipeline={pipeline} version={predict.data.version} /> after{' '}
              {formatDuration(predict.data.ms)}.
            </p>
            <pre class="answer" tabIndex={0} role="region" aria-label="Answer of the model">
              {formatJson(predict.data.answer)}
            </pre>
          </>
        ) : (
          !predict.error && (
            <p class="muted">
              <VersionLink pipeline={pipeline} version={champion} /> serves now.
            </p>
          )
        )}
      </div>
    </div>
  );
}

function GoldenPicker({ requests, onText }: { requests: unknown[]; onText: (text: string) => void }) {
  return (
    <label class="field">
      Golden request
      <select onChange={(event) => onText(formatJson(requests[Number(event.currentTarget.value)]))}>
        {requests.map((_, at) => (
          <option key={at} value={at}>
            {`Request ${at + 1} of ${requests.length}`}
          </option>
        ))}
      </select>
    </label>
  );
}

async function ask(pipeline: string, text: string) {
  const parsed = parseRequest(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  const began = performance.now();
  const asking = api.POST('/pipelines/{pipeline}/predict', { params: { path: { pipeline } }, body: parsed.request });
  const answer = await answered(asking);
  const { response } = await asking;
  return { answer, version: response.headers.get('x-model-version') ?? 'unknown', ms: performance.now() - began };
}
