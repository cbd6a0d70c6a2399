// Generated from docs/api/openapi.json: npm run types -w dashboard

export interface paths {
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Every part that the app depends on, what is wrong and what cures it
     * @description App role: any.
     */
    get: operations['health'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * This document
     * @description App role: any.
     */
    get: operations['getOpenApi'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The pipelines; a broken one with what is wrong with it
     * @description App role: any.
     */
    get: operations['listPipelines'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One pipeline
     * @description App role: any.
     */
    get: operations['getPipeline'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/collect': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Looks at the pipeline’s sources now, or at one of them, due or not
     * @description What is new lands and starts a run as any file does; where nothing is new, nothing happens. App role: Operator.
     */
    post: operations['postCollect'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/sources/{source}/logs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The last lines of what a source’s collect.py said in its last look, also while it runs
     * @description App role: any.
     */
    get: operations['getSourceLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/runs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Starts a run by hand
     * @description Over given files, over a prefix, or with an empty body over the pipeline’s whole landing folder. Dropping a file starts a run too, without any request. App role: Operator.
     */
    post: operations['postRun'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Runs, newest first
     * @description App role: any.
     */
    get: operations['listRuns'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One run with its stages, live
     * @description App role: any.
     */
    get: operations['getRun'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/documents/{document}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A document that a run wrote
     * @description Its batch, the profile of its data, its data checks, or the drift of its data. App role: any.
     */
    get: operations['getRunDocument'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/logs/{stage}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The last lines of the log of a stage’s job, also while it runs
     * @description App role: any.
     */
    get: operations['getRunLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/quarantine': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Rows that a run has set aside, each with what is wrong with it
     * @description App role: any.
     */
    get: operations['getQuarantine'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/rerun': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Repeats a run over the same files, from a stage on, if asked with other parameters
     * @description App role: Operator.
     */
    post: operations['rerunRun'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/review': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Decides the review that a run waits for: once, and in time
     * @description App role: Reviewer.
     */
    post: operations['reviewRun'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{runId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Stops a run; nothing of it is left on the clusters
     * @description App role: Operator.
     */
    post: operations['cancelRun'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/backfill': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Runs over what landed in a span of time, one a partition; or, with dryRun, the list of them
     * @description App role: Operator.
     */
    post: operations['postBackfill'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/backfills': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The last hundred backfills of a pipeline, newest first
     * @description App role: any.
     */
    get: operations['listBackfills'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/backfills/{backfillId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One backfill, live
     * @description App role: any.
     */
    get: operations['getBackfill'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/backfills/{backfillId}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Starts no further runs until it is resumed; those that run go on
     * @description App role: Operator.
     */
    post: operations['pauseBackfill'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/backfills/{backfillId}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Goes on after a pause
     * @description App role: Operator.
     */
    post: operations['resumeBackfill'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/backfills/{backfillId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Starts no further runs and cancels those that run
     * @description App role: Operator.
     */
    post: operations['cancelBackfill'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/models/{pipeline}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Model versions, newest first, and what the aliases point to
     * @description App role: any.
     */
    get: operations['listModels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/models/{pipeline}/{version}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One version with its lineage, and how its last promotion by hand stands
     * @description App role: any.
     */
    get: operations['getModel'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/models/{pipeline}/{version}/documents/{document}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A document of a version: golden requests, profile of its data, metadata
     * @description App role: any.
     */
    get: operations['getModelDocument'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/models/{pipeline}/{version}/promote': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sets an earlier version live again, behind its golden requests
     * @description App role: Operator.
     */
    post: operations['promoteModel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/predict': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Asks the model that serves
     * @description KServe’s V1 protocol. App role: any.
     */
    post: operations['predict'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/pipelines/{pipeline}/waiting': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Files that arrived and that no batch has taken yet
     * @description App role: any.
     */
    get: operations['getWaiting'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/arrivals': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What became of a file: when it came, and the runs and models that saw it
     * @description Pages follow each other from the newest on: what arrives meanwhile may show an item twice. App role: any.
     */
    get: operations['getArrivals'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Health: {
      /** @enum {string} */
      status: 'Healthy' | 'Unhealthy';
      parts: {
        name: string;
        /** @enum {string} */
        status: 'Healthy' | 'Unhealthy';
        detail: string;
        /** @description What to do; only of a part that is unhealthy. */
        cure?: string;
      }[];
    };
    OpenApi: {
      openapi: string;
      paths: {
        [key: string]: components['schemas']['Json'];
      };
      components: components['schemas']['Json'];
    } & {
      [key: string]: components['schemas']['Json'];
    };
    Pipeline: {
      name: string;
      description: string;
      enabled: boolean;
      /** @description Lake folder where its files are dropped. */
      landing?: string;
      /** @description Names of files that count, with * and ?; others are left alone. */
      landingPattern?: string;
      /** @description Name of a file that completes a batch as soon as it comes. */
      landingMarker?: string;
      /** @description When runs over what has landed start by themselves. */
      schedule?: {
        cron: string;
        timeZone: string;
        prefix?: string;
        /**
         * Format: date-time
         * @description When it is due next.
         */
        nextAt?: string;
      };
      /** @description Where its data is collected from. */
      sources?: components['schemas']['Source'][];
      /** @description Version that serves. */
      champion?: string;
      activeRun?: string;
      /** @description What is wrong with its pipeline.yaml, with file, line and field. */
      error?: string;
    };
    Source: {
      name: string;
      /** @enum {string} */
      type: 'https' | 'container' | 'script';
      /** @description When it is looked at; without it only by hand. */
      schedule?: {
        cron: string;
        timeZone: string;
        /** Format: date-time */
        nextAt?: string;
      };
      /** Format: date-time */
      lastCheckedAt?: string;
      /**
       * Format: date-time
       * @description When it last had something new.
       */
      lastChangedAt?: string;
      /**
       * @description NotConfigured: an app setting that it refers to is not set.
       * @enum {string}
       */
      status: 'NeverChecked' | 'NotConfigured' | 'Running' | 'Unchanged' | 'Changed' | 'Failed';
      /** @description Why nothing could be collected the last time, and what to do. */
      error?: {
        reason: string;
        message: string;
        hint: string;
      };
      /** @description Files that could not be taken though the rest was, the newest first: ten at most, for a week. */
      warnings?: {
        /** Format: date-time */
        at: string;
        reason: string;
        message: string;
        hint: string;
      }[];
      /**
       * Format: date-time
       * @description When it is looked at again whatever the schedule says.
       */
      retryAt?: string;
    };
    SourceLog: {
      pipeline: string;
      source: string;
      /** @description Id of its last look, in the form of a run’s: its files are at runs/PIPELINE/ID/collect. */
      runId: string;
      attempt: number;
      /** @description Attempts that have a log. */
      attempts: number[];
      /** @description The job is not over: ask again for more. */
      live: boolean;
      /** @description At most eight pods, those that failed among them. */
      pods: {
        pod: string;
        /** @description The last lines, at most 2,000. */
        lines: string[];
      }[];
    };
    /**
     * @example {
     *       "source": "published"
     *     }
     */
    CollectRequest: {
      source?: string;
    };
    Collecting: {
      value: {
        source: string;
        /**
         * @description NotConfigured: an app setting that it refers to is not set.
         * @enum {string}
         */
        status: 'NeverChecked' | 'NotConfigured' | 'Running' | 'Unchanged' | 'Changed' | 'Failed';
      }[];
      /** Format: uri */
      statusUrl: string;
    };
    PipelineList: {
      value: components['schemas']['Pipeline'][];
    };
    /**
     * @example {
     *       "files": [
     *         "landing/iris/iris.csv"
     *       ],
     *       "parameters": {
     *         "train": {
     *           "epochs": 30
     *         }
     *       }
     *     }
     */
    RunRequest: {
      /** @description Run over these files. */
      files?: string[];
      /** @description Run over the files below this folder. */
      prefix?: string;
      /** @description Parameters that replace those of pipeline.yaml, for this run. */
      parameters?: {
        process?: {
          [key: string]: string | number | boolean;
        };
        train?: {
          [key: string]: string | number | boolean;
        };
      };
      /** @description Weights that the training begins with. */
      initialWeights?: string;
      /**
       * @description The run ends after this stage.
       * @enum {string}
       */
      toStage?: 'process' | 'train' | 'record' | 'validate' | 'build';
      /** @description Jobs run even if another run has processed the same files with the same code and parameters. */
      noCache?: boolean;
    };
    /**
     * @example {
     *       "fromStage": "train",
     *       "parameters": {
     *         "train": {
     *           "epochs": 90
     *         }
     *       }
     *     }
     */
    RerunRequest: {
      /**
       * @description What the run did before this stage is taken over; the gate judges again.
       * @default process
       * @enum {string}
       */
      fromStage: 'process' | 'train' | 'validate';
      /** @description Parameters that replace those of pipeline.yaml, for this run. */
      parameters?: {
        process?: {
          [key: string]: string | number | boolean;
        };
        train?: {
          [key: string]: string | number | boolean;
        };
      };
      /** @description Weights that the training begins with. */
      initialWeights?: string;
      /**
       * @description The run ends after this stage.
       * @enum {string}
       */
      toStage?: 'process' | 'train' | 'record' | 'validate' | 'build';
      /** @description Jobs run even if another run has processed the same files with the same code and parameters. */
      noCache?: boolean;
    };
    RunStarted: {
      runId: string;
      /** Format: uri */
      statusUrl: string;
    };
    /**
     * @example {
     *       "runId": "iris-20260301-101502-3fa9c1",
     *       "pipeline": "iris",
     *       "batchId": "20260301-101502-3fa9c1",
     *       "status": "Running",
     *       "stage": "train",
     *       "waitingFor": "epoch 12 of 60 (20 %)",
     *       "stages": [
     *         {
     *           "name": "collect",
     *           "status": "Succeeded",
     *           "startedAt": "2026-03-01T10:15:02.000Z",
     *           "finishedAt": "2026-03-01T10:15:04.000Z"
     *         },
     *         {
     *           "name": "train",
     *           "status": "Running",
     *           "startedAt": "2026-03-01T10:16:10.000Z"
     *         }
     *       ],
     *       "startedAt": "2026-03-01T10:15:02.000Z"
     *     }
     */
    Run: {
      runId: string;
      pipeline: string;
      batchId: string;
      /** @enum {string} */
      status:
        | 'Pending'
        | 'Running'
        | 'Succeeded'
        | 'Failed'
        | 'Cancelled'
        | 'Quarantined'
        | 'Rejected'
        | 'Expired'
        | 'Superseded';
      /**
       * @description Where the run is, or where it ended.
       * @enum {string}
       */
      stage?: 'collect' | 'process' | 'train' | 'record' | 'validate' | 'review' | 'build' | 'rollout';
      /** @description What the run waits for now, in words. */
      waitingFor?: string;
      stages: components['schemas']['Stage'][];
      modelVersion?: string;
      metrics?: {
        [key: string]: number;
      };
      gate?: components['schemas']['GateDecision'];
      review?: components['schemas']['Review'];
      error?: components['schemas']['RunError'];
      /** Format: date-time */
      startedAt: string;
      /** Format: date-time */
      finishedAt?: string;
    };
    RunList: {
      value: components['schemas']['Run'][];
      /** @description Asks for the next page; absent on the last. */
      continuation?: string;
    };
    RunLog: {
      runId: string;
      /** @enum {string} */
      stage: 'collect' | 'process' | 'train' | 'record' | 'validate' | 'review' | 'build' | 'rollout';
      attempt: number;
      /** @description Attempts that have a log. */
      attempts: number[];
      /** @description The job is not over: ask again for more. */
      live: boolean;
      /** @description At most eight pods, those that failed among them. */
      pods: {
        pod: string;
        /** @description The last lines, at most 2,000. */
        lines: string[];
      }[];
    };
    Quarantine: {
      /** @description Lake folder of all of them. */
      path: string;
      /** @description The first ones, each with what is wrong with it. */
      rows: {
        [key: string]: components['schemas']['Json'];
      }[];
      files: {
        path: string;
        /** @description Bytes. */
        size: number;
      }[];
    };
    Stage: {
      /** @enum {string} */
      name: 'collect' | 'process' | 'train' | 'record' | 'validate' | 'review' | 'build' | 'rollout';
      /** @enum {string} */
      status: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
      /** Format: date-time */
      startedAt?: string;
      /** Format: date-time */
      finishedAt?: string;
      /** @description What the stage did, in words. */
      detail?: string;
      /** @description Run whose outcome of this stage was taken over. */
      reusedFrom?: string;
      /** @description The object on the cluster that does the work. */
      job?: {
        /** @enum {string} */
        cluster: 'data-processing' | 'training' | 'serving';
        kind: string;
        namespace: string;
        name: string;
        attempt: number;
        /** @description The cluster in Azure, where it is one of AKS. */
        aks?: {
          /** @description Azure resource id. */
          resourceId: string;
          /**
           * Format: uri
           * @description Address in the Azure portal.
           */
          portal?: string;
        };
      };
    };
    RunError: {
      /** @enum {string} */
      stage: 'collect' | 'process' | 'train' | 'record' | 'validate' | 'review' | 'build' | 'rollout';
      /** @description One word, such as OOMKilled or GateRejected. */
      reason: string;
      message: string;
      /** @description What to do. */
      hint?: string;
    };
    GateDecision: {
      /** @enum {string} */
      decision: 'pass' | 'review' | 'reject';
      /** @description In words and numbers; of a decision against the model, the gravest first. */
      reasons: string[];
    };
    Cancelling: {
      runId: string;
      /** @constant */
      cancelling: true;
    };
    /**
     * @example {
     *       "decision": "approved",
     *       "comment": "A new instrument: the data are right.",
     *       "by": "Ada"
     *     }
     */
    Decision: {
      /** @enum {string} */
      decision: 'approved' | 'rejected';
      comment?: string;
      /** @description Who decides, where no sign-in tells. */
      by?: string;
    };
    /**
     * @example {
     *       "runId": "iris-20260301-101502-3fa9c1",
     *       "version": "20260301-101502-3fa9c1",
     *       "status": "Waiting",
     *       "reasons": [
     *         "petal_length: PSI 1.21 is above 0.2"
     *       ],
     *       "requestedAt": "2026-03-01T10:17:40.000Z",
     *       "deadlineAt": "2026-03-04T10:17:40.000Z",
     *       "onDeadline": "reject",
     *       "link": "https://landfall.example/api/dashboard/#/runs/iris-20260301-101502-3fa9c1/review"
     *     }
     */
    Review: {
      runId: string;
      version: string;
      /** @enum {string} */
      status: 'Waiting' | 'Approved' | 'Rejected' | 'Expired' | 'Superseded' | 'Cancelled';
      reasons: string[];
      /** Format: date-time */
      requestedAt: string;
      /** Format: date-time */
      deadlineAt: string;
      /**
       * @description What happens when nobody decides.
       * @enum {string}
       */
      onDeadline: 'reject' | 'approve';
      /**
       * Format: uri
       * @description Where it is decided.
       */
      link: string;
      decidedBy?: string;
      /** Format: date-time */
      decidedAt?: string;
      comment?: string;
    };
    Batch: {
      pipeline: string;
      batchId: string;
      runId: string;
      /** Format: date-time */
      createdAt: string;
      files: {
        /** @description Lake path, such as landing/iris/a.csv. */
        path: string;
        eTag: string;
        /** @description Bytes. */
        size: number;
      }[];
      /** @description Arrivals that this batch took: its files, and markers and versions that others replaced. */
      claimed?: {
        path: string;
        eTag: string;
      }[];
    };
    Profile: {
      /** @constant */
      version: 1;
      pipeline: string;
      batch: string;
      baseline: string | null;
      rows: number;
      label: string | null;
      features: (
        | {
            name: string;
            dataType: string;
            count: number;
            missing: number;
            distinct: number;
            /** @constant */
            type: 'number';
            infinite: number;
            min: number | null;
            max: number | null;
            mean: number | null;
            std: number | null;
            quantiles: {
              [key: string]: number;
            };
            histogram: {
              edges: number[];
              counts: number[];
            };
          }
        | {
            name: string;
            dataType: string;
            count: number;
            missing: number;
            distinct: number;
            /** @constant */
            type: 'category';
            top: {
              value: string;
              count: number;
            }[];
            other: number;
          }
      )[];
      /** @default [] */
      skipped: string[];
    };
    CheckReport: {
      /** @constant */
      version: 1;
      rows: number;
      checks: {
        check: string;
        /** @enum {string} */
        onFailure: 'quarantineRows' | 'quarantineBatch' | 'review';
        failed: number;
        /** @default [] */
        samples: {
          [key: string]: unknown;
        }[];
      }[];
    };
    DriftReport: {
      /** @constant */
      version: 1;
      baseline: string;
      batch: string;
      rows: {
        baseline: number;
        batch: number;
      };
      features: {
        name: string;
        /** @enum {string} */
        type: 'number' | 'category';
        isLabel: boolean;
        measures: {
          psi?: {
            value: number;
            limit: number;
            pValue?: number;
            exceeded: boolean;
          };
          ks?: {
            value: number;
            limit: number;
            pValue?: number;
            exceeded: boolean;
          };
          newCategories?: {
            value: number;
            limit: number;
            pValue?: number;
            exceeded: boolean;
          };
          missing?: {
            value: number;
            limit: number;
            pValue?: number;
            exceeded: boolean;
          };
        };
        drifted: boolean;
        reasons: string[];
      }[];
      problems: string[];
      chance: {
        falseAlarms: number;
        tests: number;
        pValue: number;
      };
      driftedFeatures: {
        share: number;
        limit: number;
      };
      drifted: boolean;
      reasons: string[];
    };
    RunDocument:
      | components['schemas']['Batch']
      | components['schemas']['Profile']
      | components['schemas']['CheckReport']
      | components['schemas']['DriftReport'];
    BackfillRequest: {
      /** @description First day, or a moment; UTC unless it says otherwise. */
      from: string;
      /** @description Last day (inclusive), or a moment (exclusive). */
      to: string;
      /**
       * @description Each has its run; in UTC, weeks from Monday.
       * @default day
       * @enum {string}
       */
      partition: 'hour' | 'day' | 'week' | 'month';
      /**
       * @description Its own runs at once, those in review too. Beside other active runs of the pipeline it starts as many fewer.
       * @default 1
       */
      parallel: number;
      /** @description Folder by date, such as landing/iris/{yyyy}/{MM}/{dd}/; without placeholders, files by when they were written. */
      prefix?: string;
      /**
       * @description Only list what would run.
       * @default false
       */
      dryRun: boolean;
      /**
       * @description Jobs run even where the same was done before.
       * @default false
       */
      noCache: boolean;
    };
    BackfillPlan: {
      partitions: {
        /** Format: date-time */
        from: string;
        /**
         * Format: date-time
         * @description Exclusive.
         */
        to: string;
        files: number;
        bytes: number;
      }[];
    };
    Backfill: {
      backfillId: string;
      pipeline: string;
      /**
       * @description Failed where not every run succeeded.
       * @enum {string}
       */
      status: 'Running' | 'Paused' | 'Succeeded' | 'Failed' | 'Cancelled';
      /** @description What keeps it from starting further runs: a review of one of them. */
      waitingFor?: string;
      /** Format: date-time */
      from: string;
      /** Format: date-time */
      to: string;
      /** @enum {string} */
      partition: 'hour' | 'day' | 'week' | 'month';
      parallel: number;
      prefix: string;
      noCache?: boolean;
      partitions: {
        /** Format: date-time */
        from: string;
        /**
         * Format: date-time
         * @description Exclusive.
         */
        to: string;
        files: number;
        bytes: number;
        /** @enum {string} */
        status:
          | 'Pending'
          | 'Running'
          | 'Succeeded'
          | 'Failed'
          | 'Cancelled'
          | 'Quarantined'
          | 'Rejected'
          | 'Expired'
          | 'Superseded';
        runId?: string;
      }[];
      /** Format: date-time */
      startedAt: string;
      /** Format: date-time */
      finishedAt?: string;
    };
    BackfillList: {
      value: components['schemas']['Backfill'][];
    };
    BackfillStarted: {
      backfillId: string;
      /** Format: uri */
      statusUrl: string;
      partitions: {
        /** Format: date-time */
        from: string;
        /**
         * Format: date-time
         * @description Exclusive.
         */
        to: string;
        files: number;
        bytes: number;
        /** @enum {string} */
        status:
          | 'Pending'
          | 'Running'
          | 'Succeeded'
          | 'Failed'
          | 'Cancelled'
          | 'Quarantined'
          | 'Rejected'
          | 'Expired'
          | 'Superseded';
        runId?: string;
      }[];
    };
    /**
     * @example {
     *       "pipeline": "iris",
     *       "version": "20260301-101502-3fa9c1",
     *       "runId": "iris-20260301-101502-3fa9c1",
     *       "batchId": "20260301-101502-3fa9c1",
     *       "status": "Deployed",
     *       "metrics": {
     *         "accuracy": 0.97,
     *         "loss": 0.09
     *       },
     *       "gate": {
     *         "decision": "pass",
     *         "reasons": [
     *           "accuracy 0.97 is at least 0.9"
     *         ]
     *       },
     *       "path": "models/iris/20260301-101502-3fa9c1",
     *       "codeDigest": "sha256:6b86b273",
     *       "digests": {
     *         "code": "sha256:6b86b273",
     *         "weights": "sha256:d4735e3a"
     *       },
     *       "lineage": {
     *         "batch": "runs/iris/iris-20260301-101502-3fa9c1/batch.json",
     *         "files": 1
     *       },
     *       "createdAt": "2026-03-01T10:17:40.000Z"
     *     }
     */
    ModelVersion: {
      pipeline: string;
      version: string;
      runId: string;
      batchId: string;
      /** @enum {string} */
      status: 'Candidate' | 'Deployed' | 'Failed' | 'Cancelled' | 'Quarantined' | 'Rejected' | 'Expired' | 'Superseded';
      metrics: {
        [key: string]: number;
      };
      /** @description The champion on the same held-out rows. */
      championMetrics?: {
        [key: string]: number;
      };
      /** @description Share of the held-out rows that this model and the champion predict differently. */
      changedPredictions?: number;
      gate?: components['schemas']['GateDecision'];
      review?: components['schemas']['Review'];
      /** @description Lake folder of the version. */
      path: string;
      codeDigest: string;
      digests: {
        code: string;
        weights?: string;
        torchScript?: string;
      };
      lineage: {
        /** @description Lake path of the batch. */
        batch: string;
        /** @description How many files the batch has. */
        files: number;
        /** @description Version whose weights the training began with. */
        baseVersion?: string;
        /** @description Version that it was compared with. */
        champion?: string;
        /** @description Run whose processed data it was trained on. */
        processedBy?: string;
        /** @description Run whose training it was taken over from. */
        trainedBy?: string;
      };
      /** @description Serving image by digest; absent until it is built. */
      image?: string;
      /** Format: date-time */
      createdAt: string;
    };
    ModelList: {
      aliases: {
        /** @description Version that serves. */
        champion?: string;
        /** @description Newest version that is on its way to become the champion. */
        challenger?: string;
      };
      value: components['schemas']['ModelVersion'][];
      /** @description Asks for the next page; absent on the last. */
      continuation?: string;
    };
    Model: {
      pipeline: string;
      version: string;
      runId: string;
      batchId: string;
      /** @enum {string} */
      status: 'Candidate' | 'Deployed' | 'Failed' | 'Cancelled' | 'Quarantined' | 'Rejected' | 'Expired' | 'Superseded';
      metrics: {
        [key: string]: number;
      };
      /** @description The champion on the same held-out rows. */
      championMetrics?: {
        [key: string]: number;
      };
      /** @description Share of the held-out rows that this model and the champion predict differently. */
      changedPredictions?: number;
      gate?: components['schemas']['GateDecision'];
      review?: components['schemas']['Review'];
      /** @description Lake folder of the version. */
      path: string;
      codeDigest: string;
      digests: {
        code: string;
        weights?: string;
        torchScript?: string;
      };
      lineage: {
        /** @description Lake path of the batch. */
        batch: string;
        files: {
          /** @description Lake path, such as landing/iris/a.csv. */
          path: string;
          eTag: string;
          /** @description Bytes. */
          size: number;
        }[];
        /** @description Version whose weights the training began with. */
        baseVersion?: string;
        /** @description Version that it was compared with. */
        champion?: string;
        /** @description Run whose processed data it was trained on. */
        processedBy?: string;
        /** @description Run whose training it was taken over from. */
        trainedBy?: string;
      };
      /** @description Serving image by digest; absent until it is built. */
      image?: string;
      /** Format: date-time */
      createdAt: string;
      promotion?: components['schemas']['Promotion'];
    };
    GoldenRequests: {
      requests: components['schemas']['Json'][];
      responses: components['schemas']['Json'][];
      /** @default 0.0001 */
      tolerance: number;
    };
    /** @description golden.json, profile.json or model.json, as the training wrote it. */
    ModelDocument:
      | components['schemas']['GoldenRequests']
      | components['schemas']['Profile']
      | {
          [key: string]: components['schemas']['Json'];
        };
    Promotion: {
      /** @enum {string} */
      status: 'Running' | 'Succeeded' | 'Failed';
      waitingFor?: string;
      error?: {
        reason: string;
        message: string;
        hint?: string;
      };
    };
    PromotionStarted: {
      pipeline: string;
      version: string;
      /** Format: uri */
      statusUrl: string;
    };
    /**
     * @example {
     *       "instances": [
     *         [
     *           5.1,
     *           3.5,
     *           1.4,
     *           0.2
     *         ]
     *       ]
     *     }
     */
    PredictRequest: {
      /** @description In the form that the pipeline’s predictor.py reads. */
      instances: components['schemas']['Json'][];
    };
    /**
     * @example {
     *       "predictions": [
     *         {
     *           "label": "setosa",
     *           "probabilities": {
     *             "setosa": 0.99,
     *             "versicolor": 0.01
     *           }
     *         }
     *       ]
     *     }
     */
    Predictions: {
      predictions: components['schemas']['Json'][];
    };
    Arrivals: {
      path: string;
      /** @description Versions of the file that arrived, newest first. */
      value: {
        pipeline: string;
        eTag: string;
        /** @description Bytes. */
        size: number;
        /** Format: date-time */
        at: string;
        batchId?: string;
        runId?: string;
        /**
         * @description No batch has taken it yet.
         * @constant
         */
        waiting?: true;
      }[];
      /** @description Runs over the file, newest first, and the model of each. */
      runs: {
        pipeline: string;
        runId: string;
        /** @description Version of the file that the run saw. */
        eTag: string;
        /** @enum {string} */
        status?:
          | 'Pending'
          | 'Running'
          | 'Succeeded'
          | 'Failed'
          | 'Cancelled'
          | 'Quarantined'
          | 'Rejected'
          | 'Expired'
          | 'Superseded';
        modelVersion?: string;
        /** @enum {string} */
        modelStatus?:
          'Candidate' | 'Deployed' | 'Failed' | 'Cancelled' | 'Quarantined' | 'Rejected' | 'Expired' | 'Superseded';
      }[];
      /** @description Asks for the next page; absent on the last. */
      continuation?: string;
    };
    Waiting: {
      value: {
        path: string;
        eTag: string;
        /** @description Bytes. */
        size: number;
        /** Format: date-time */
        at: string;
        /** @description It completes a batch and is no data itself. */
        marker: boolean;
      }[];
    };
    /**
     * @example {
     *       "title": "Conflict",
     *       "status": 409,
     *       "detail": "iris has an active run, iris-20260301-101502-3fa9c1.",
     *       "hint": "Wait for it, or cancel it: POST /api/runs/iris-20260301-101502-3fa9c1/cancel.",
     *       "activeRun": "iris-20260301-101502-3fa9c1"
     *     }
     */
    Problem: {
      title: string;
      status: number;
      detail: string;
      /** @description What to do. */
      hint?: string;
      /** @description Findings in a pipeline.yaml. */
      problems?: string[];
      /** @description Run that has the pipeline’s place. */
      activeRun?: string;
      /** @description Run that the Idempotency-Key stands for. */
      runId?: string;
      /** @description Files that are not there. */
      missing?: string[];
      /** @description The review as it was decided. */
      review?: components['schemas']['Review'];
    };
    Json: unknown;
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  health: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Everything is well. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something is not. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
    };
  };
  getOpenApi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OpenAPI 3.1. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenApi'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listPipelines: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PipelineList'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getPipeline: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The pipeline. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Pipeline'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postCollect: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['CollectRequest'];
      };
    };
    responses: {
      /** @description They are being looked at; the pipeline shows how that goes. */
      202: {
        headers: {
          /** @description Where to look how it goes. */
          location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Collecting'];
        };
      };
      /** @description The body is no JSON, or not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline or source. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It has no sources, or its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getSourceLog: {
    parameters: {
      query?: {
        /** @description Attempt of the stage; the newest by default. */
        attempt?: number;
      };
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
        /**
         * @description Name of a source of the pipeline.
         * @example instrument
         */
        source: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The lines as they are now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SourceLog'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline or source, it is no script, or it has no log. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postRun: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key with the same body is the same run. */
        'idempotency-key'?: string;
      };
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RunRequest'];
      };
    };
    responses: {
      /** @description The run has started. */
      202: {
        headers: {
          /** @description Where to look how it goes. */
          location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunStarted'];
        };
      };
      /** @description The body is no JSON, or not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description A run is active, the key was used with another body, or the pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are no files to run over, or some are not there. */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listRuns: {
    parameters: {
      query?: {
        pipeline?: string;
        status?:
          | 'Pending'
          | 'Running'
          | 'Succeeded'
          | 'Failed'
          | 'Cancelled'
          | 'Quarantined'
          | 'Rejected'
          | 'Expired'
          | 'Superseded';
        /** @description Longest page. */
        top?: number;
        /** @description Where the page before ended, as its answer says. */
        continuation?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of runs. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunList'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getRun: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The run as it stands now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Run'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getRunDocument: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
        /**
         * @description Name of a document.
         * @example profile
         */
        document: 'batch' | 'profile' | 'checks' | 'drift' | 'golden' | 'metadata';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The document as it was written. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunDocument'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run or document, or not yet. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getRunLog: {
    parameters: {
      query?: {
        /** @description Attempt of the stage; the newest by default. */
        attempt?: number;
      };
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
        /**
         * @description A stage that is a job.
         * @example train
         */
        stage: 'process' | 'train';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The lines as they are now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunLog'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run, or the stage has no log. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getQuarantine: {
    parameters: {
      query?: {
        /** @description Longest page. */
        top?: number;
      };
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The first of them; empty if there are none. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Quarantine'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rerunRun: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key with the same body is the same run. */
        'idempotency-key'?: string;
      };
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RerunRequest'];
      };
    };
    responses: {
      /** @description Another run has started. */
      202: {
        headers: {
          /** @description Where to look how it goes. */
          location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunStarted'];
        };
      };
      /** @description The body is no JSON, or not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run, or its pipeline is gone. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description A run is active, what is to be taken over was never finished or is deleted, or the key was used otherwise. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Files of its batch are not there any more. */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  reviewRun: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Decision'];
      };
    };
    responses: {
      /** @description The review as it is now; the run goes on. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Review'];
        };
      };
      /** @description The body is no JSON, or not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The run does not wait for a review, or it is decided or too late. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  cancelRun: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a run.
         * @example iris-20260301-101502-3fa9c1
         */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is asked to stop. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cancelling'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such run. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It is over. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postBackfill: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key with the same body is the same run. */
        'idempotency-key'?: string;
      };
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BackfillRequest'];
      };
    };
    responses: {
      /** @description What would run. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackfillPlan'];
        };
      };
      /** @description It has started. */
      202: {
        headers: {
          /** @description Where to look how it goes. */
          location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackfillStarted'];
        };
      };
      /** @description The body is no JSON or not as documented, or the span, the partition and the prefix do not fit. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The key was used with another body, or the pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nothing landed in that span. */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listBackfills: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description They, with their partitions. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackfillList'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getBackfill: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a backfill.
         * @example iris-20260301-101502-3fa9c1
         */
        backfillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The backfill as it stands now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Backfill'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such backfill. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  pauseBackfill: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a backfill.
         * @example iris-20260301-101502-3fa9c1
         */
        backfillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is asked to. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Backfill'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such backfill. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It is over. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  resumeBackfill: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a backfill.
         * @example iris-20260301-101502-3fa9c1
         */
        backfillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is asked to. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Backfill'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such backfill. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It is over. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  cancelBackfill: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Id of a backfill.
         * @example iris-20260301-101502-3fa9c1
         */
        backfillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is asked to. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Backfill'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such backfill. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It is over. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listModels: {
    parameters: {
      query?: {
        /** @description Longest page. */
        top?: number;
        /** @description Where the page before ended, as its answer says. */
        continuation?: string;
      };
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of versions. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ModelList'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getModel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
        /**
         * @description A model version.
         * @example 20260301-101502-3fa9c1
         */
        version: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The version. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Model'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline or version. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getModelDocument: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
        /**
         * @description A model version.
         * @example 20260301-101502-3fa9c1
         */
        version: string;
        /**
         * @description Name of a document.
         * @example profile
         */
        document: 'batch' | 'profile' | 'checks' | 'drift' | 'golden' | 'metadata';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The document as it was written. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ModelDocument'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline, version or document. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  promoteModel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
        /**
         * @description A model version.
         * @example 20260301-101502-3fa9c1
         */
        version: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The rollout has started. */
      202: {
        headers: {
          /** @description Where to look how it goes. */
          location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PromotionStarted'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline or version. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description It serves already, was never built, or a rollout is under way. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predict: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PredictRequest'];
      };
    };
    responses: {
      /** @description The predictor’s answer. */
      200: {
        headers: {
          /** @description Version that answered. */
          'x-model-version': string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Predictions'];
        };
      };
      /** @description The model cannot take the request. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nothing serves yet, or the pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The predictor failed, or could not be reached. */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description No pod of the model is ready now. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getWaiting: {
    parameters: {
      query?: {
        /** @description Longest page. */
        top?: number;
      };
      header?: never;
      path: {
        /**
         * @description Name of a pipeline.
         * @example iris
         */
        pipeline: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description They, oldest first. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Waiting'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such pipeline. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Its pipeline.yaml is broken. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getArrivals: {
    parameters: {
      query: {
        /**
         * @description Lake path of a file.
         * @example landing/iris/iris.csv
         */
        path: string;
        /** @description Most arrivals, and most runs, of a page. */
        top?: number;
        /** @description Where the page before ended, as its answer says. */
        continuation?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of it; empty for a file that never came. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Arrivals'];
        };
      };
      /** @description The query is not as documented. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Who is signed in lacks the app role. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something failed that nobody foresaw: the detail says what. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
