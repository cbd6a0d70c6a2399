import { useState } from 'preact/hooks';
import type { Batch } from '../api/queries.ts';
import { formatBytes, formatCount } from '../format/number.ts';
import { Link } from '../parts/link.tsx';
import { Table } from '../parts/table.tsx';
import '../parts/pager.css';

type File = Batch['files'][number];

const PAGE = 100;

/** The files of a batch, a hundred at a time, by a part of their path. */
export function FileList({ files }: { files: File[] }) {
  const [part, setPart] = useState('');
  const [page, setPage] = useState(0);
  const found = part ? files.filter(({ path }) => path.toLowerCase().includes(part.toLowerCase())) : files;
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const at = Math.min(page, pages - 1);
  return (
    <>
      {files.length > PAGE && (
        <label class="field">
          Path contains
          <input type="search" value={part} onInput={(event) => setPart(event.currentTarget.value)} />
        </label>
      )}
      <p class="muted" role="status">
        {formatCount(found.length, 'file')}, {formatBytes(found.reduce((sum, { size }) => sum + size, 0))}
      </p>
      <Table
        caption="Files of the batch"
        columns={['path', '#size']}
        rows={found.slice(at * PAGE, (at + 1) * PAGE).map(rowOf)}
        empty="No file has such a path."
      />
      {pages > 1 && (
        <nav class="pager" aria-label="Pages of files">
          <button type="button" disabled={at === 0} onClick={() => setPage(at - 1)}>
            ← Before
          </button>
          <span>
            Page {at + 1} of {pages}
          </span>
          <button type="button" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
            After →
          </button>
        </nav>
      )}
    </>
  );
}

function rowOf({ path, eTag, size }: File) {
  return {
    key: `${path} ${eTag}`,
    cells: [
      <Link to={['arrivals']} query={{ path }} class="mono path">
        {path}
      </Link>,
      formatBytes(size),
    ],
  };
}
