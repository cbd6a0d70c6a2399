import { useQuery } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { goldenQuery, pipelinesQuery } from '../api/queries.ts';
import { formatJson } from '../format/json.ts';
import { Loaded } from '../parts/loaded.tsx';
import { PipelinePicker, usePipeline } from '../parts/pipeline-picker.tsx';
import { Title } from '../parts/title.tsx';
import { replaceQuery } from '../routes/use-place.ts';
import { PredictForm } from './predict-form.tsx';

/** Asks the model that serves. */
export function TryIt({ query }: { query: Record<string, string> }) {
  const pipeline = usePipeline(query.pipeline);
  const pipelines = useQuery(pipelinesQuery());
  return (
    <>
      <Title text="Try it" />
      <form class="filters" aria-label="Which model is asked" onSubmit={(event) => event.preventDefault()}>
        <PipelinePicker value={pipeline ?? ''} onChange={(name) => replaceQuery(['try'], { pipeline: name })} />
      </form>
      <Loaded of={pipelines}>
        {({ value }) => {
          const champion = value.find(({ name }) => name === pipeline)?.champion;
          if (pipeline === undefined || champion === undefined)
            return <p class="muted empty">Nothing serves here yet: drop data and wait for the run.</p>;
          return <Prefilled key={pipeline} pipeline={pipeline} champion={champion} />;
        }}
      </Loaded>
    </>
  );
}

/** What is asked stays while the champion changes, so that the two can be compared. */
function Prefilled({ pipeline, champion }: { pipeline: string; champion: string }) {
  const golden = useQuery(goldenQuery(pipeline, champion));
  const [text, setText] = useState<string>();
  const requests = golden.data?.requests ?? [];
  const first = formatJson(requests[0] ?? { instances: [] });
  useEffect(() => {
    if (!golden.isPending) setText((now) => now ?? first);
  }, [golden.isPending, first]);
  if (text === undefined) return null;
  return <PredictForm pipeline={pipeline} champion={champion} requests={requests} text={text} onText={setText} />;
}
