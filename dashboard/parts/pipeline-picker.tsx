import { useQuery } from '@tanstack/preact-query';
import { pipelinesQuery } from '../api/queries.ts';

interface Props {
  value: string;
  /** What stands for all of them; without it one has to be chosen. */
  all?: string;
  onChange: (pipeline: string) => void;
}

/** Chooses a pipeline. */
export function PipelinePicker({ value, all, onChange }: Props) {
  const names = useQuery(pipelinesQuery()).data?.value.map(({ name }) => name) ?? [];
  const shown = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <label class="field">
      Pipeline
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {shown.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The pipeline that the address names, else the first. */
export function usePipeline(named: string | undefined): string | undefined {
  const { data } = useQuery(pipelinesQuery());
  return named || data?.value[0]?.name;
}
