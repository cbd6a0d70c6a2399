type Filter = Record<string, unknown>;

interface Loki {
  Resultset: { prototype: { find(filter?: Filter, firstOnly?: boolean): unknown } };
  Collection: { prototype: Collection };
}

interface Collection {
  find(filter: Filter): object[];
  remove(document: object): void;
  findAndRemove(filter: Filter): void;
}

const FEW = 100;

/**
 * Makes the queries that Azurite asks LokiJS quick among many blobs. LokiJS uses the index of a filter's first property
 * only, often the account, which all blobs share; and to remove one document it builds every index anew.
 */
export function quickenLoki({ Resultset, Collection }: Loki): void {
  const { find } = Resultset.prototype;
  const { findAndRemove } = Collection.prototype;
  Resultset.prototype.find = function (filter, firstOnly) {
    return find.call(this, filter && tellingFirst(filter), firstOnly);
  };
  Collection.prototype.findAndRemove = function (this: Collection, filter) {
    const found = this.find(filter);
    if (found.length > FEW) findAndRemove.call(this, filter);
    else for (const document of found) this.remove(document);
  };
}

function tellingFirst(filter: Filter): Filter {
  const telling = ['name', 'blobName'].filter((property) => typeof filter[property] === 'string');
  return { ...Object.fromEntries(telling.map((property) => [property, filter[property]])), ...filter };
}
