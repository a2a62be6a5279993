-- One schema for SQLite and PostgreSQL. What has no common name is a placeholder: see SqlDialect.
-- Amounts are US dollars; SQLite keeps them as text, since it has no exact numbers of that length. Points in time are the database's.

-- A running process. On PostgreSQL it is alive while its lease lasts and no later process has taken its name; on SQLite while it holds
-- its lock file. slot: the smallest number that no other living process had when it began.
CREATE TABLE instances (
  instance_id  VARCHAR NOT NULL PRIMARY KEY,
  name         VARCHAR NOT NULL,
  slot         INTEGER NOT NULL,
  started_at   ${time} NOT NULL,
  lease_until  ${time} NOT NULL,
  superseded   BOOLEAN NOT NULL,
  reaped       BOOLEAN NOT NULL
);

-- A prompt that was called or finished. state: open, answered, dead. work_id: all that makes it what it is; identity: what it is known by
-- whatever it asks, its id or a hash of its record, so that a job can tell another instruction from another prompt.
-- finished_at: its answer is stored. delivered_at: its answer has reached whoever is to have it.
CREATE TABLE works (
  work_id       VARCHAR NOT NULL PRIMARY KEY,
  job           VARCHAR NOT NULL,
  pipeline      VARCHAR NOT NULL,
  identity      VARCHAR NOT NULL,
  prompt_id     VARCHAR NOT NULL,
  tenant        VARCHAR NOT NULL,
  task          VARCHAR,
  state         VARCHAR NOT NULL,
  owner_id      VARCHAR,
  answer_id     ${id},
  model         VARCHAR,
  cost_usd      ${usd},
  created_at    ${time} NOT NULL,
  finished_at   ${time},
  delivered_at  ${time}
);
-- Both grow at their ends: what is finished now comes last.
CREATE INDEX works_of_a_job ON works (job, finished_at);
CREATE INDEX finished_works ON works (finished_at);

-- What was published for a work, and the cost events of a call: a second one where its cost was looked up. They stand apart and in the order of time: beside their rows, whose keys
-- are hashes, every one of them would be written again and again with its neighbours. published_at: its topic has the event; null: it is still
-- to be sent. A job's events are nobody's to send: its files are compared with this table.
CREATE TABLE answers (
  answer_id  ${id}    NOT NULL PRIMARY KEY,
  json       ${bytes} NOT NULL
);
CREATE TABLE events (
  claim_id      ${id}    NOT NULL,
  looked_up     BOOLEAN  NOT NULL,
  json          ${bytes} NOT NULL,
  published_at  ${time},
  PRIMARY KEY (claim_id, looked_up)
);
CREATE INDEX unsent_events ON events (claim_id, looked_up) WHERE published_at IS NULL;

-- A call. state: open (its outcome is not known yet), succeeded, failed, unknown (sent, no outcome), ambiguous (its process died),
-- retried (ambiguous, and called again), resolved (ambiguous, and looked up), void (never made).
-- Without a cost the reserved amount counts as spent. reason: why it failed or, of an answer of another model than the first, why that one
-- did not answer. tier: the service tier that was billed; null where the provider has none.
CREATE TABLE claims (
  claim_id           ${id}   NOT NULL PRIMARY KEY,
  work_id            VARCHAR NOT NULL,
  instance_id        VARCHAR NOT NULL,
  job                VARCHAR NOT NULL,
  pipeline           VARCHAR NOT NULL,
  tenant             VARCHAR NOT NULL,
  task               VARCHAR,
  attempt            INTEGER NOT NULL,
  fallback_level     INTEGER NOT NULL,
  model              VARCHAR NOT NULL,
  tier               VARCHAR,
  reserved_usd       ${usd}  NOT NULL,
  state              VARCHAR NOT NULL,
  claimed_at         ${time} NOT NULL,
  claimed_day        VARCHAR NOT NULL,
  settled_at         ${time},
  generation_id      VARCHAR,
  served_model       VARCHAR,
  provider           VARCHAR,
  prompt_tokens      BIGINT,
  completion_tokens  BIGINT,
  reasoning_tokens   BIGINT,
  cached_tokens      BIGINT,
  cost_usd           ${usd},
  cost_source        VARCHAR,
  latency_ms         BIGINT,
  reason             VARCHAR
)${by.key};
CREATE INDEX claims_of_a_work ON claims (work_id);
-- Those that run now, and those of processes that died: always few.
CREATE INDEX open_claims ON claims (claim_id) WHERE state = 'open';

-- The scopes and periods that spending is kept for: those that have, or had, a limit.
CREATE TABLE tracked (
  scope   VARCHAR NOT NULL,
  period  VARCHAR NOT NULL,
  PRIMARY KEY (scope, period)
);

-- What was spent in a scope and period. held: reserved by calls whose cost is not known. alert_level: percent of alert_limit that was told.
CREATE TABLE spending (
  spending_id  VARCHAR NOT NULL PRIMARY KEY,
  scope        VARCHAR NOT NULL,
  pipeline     VARCHAR,
  tenant       VARCHAR,
  model        VARCHAR,
  period       VARCHAR NOT NULL,
  period_key   VARCHAR NOT NULL,
  spent_usd    ${usd}  NOT NULL,
  held_usd     ${usd}  NOT NULL,
  reserved_usd ${usd}  NOT NULL,
  alert_level  INTEGER NOT NULL,
  alert_limit  ${usd}
);

-- Limits of tenants. model '*': all of them together.
CREATE TABLE budgets (
  tenant     VARCHAR NOT NULL,
  model      VARCHAR NOT NULL,
  period     VARCHAR NOT NULL,
  limit_usd  ${usd}  NOT NULL,
  PRIMARY KEY (tenant, model, period)
);

-- Sums of a day over calls that are over and over answers that were given again. kind: calls (by pipeline to source), job, reason and
-- minute (each by name). They outlast the calls. slot: of the instance that counted, so that no two processes wait for one row.
-- latencies: how many calls took how long, see LatencyHistogram. version: one more with every change.
CREATE TABLE figures (
  figure_id          VARCHAR NOT NULL PRIMARY KEY,
  kind               VARCHAR NOT NULL,
  figure_day         VARCHAR NOT NULL,
  slot               INTEGER NOT NULL,
  name               VARCHAR,
  pipeline           VARCHAR,
  provider           VARCHAR,
  tenant             VARCHAR,
  task               VARCHAR,
  model              VARCHAR,
  served_model       VARCHAR,
  tier               VARCHAR,
  cost_source        VARCHAR,
  calls              BIGINT  NOT NULL,
  failures           BIGINT  NOT NULL,
  fallbacks          BIGINT  NOT NULL,
  reused             BIGINT  NOT NULL,
  latency_ms         BIGINT  NOT NULL,
  prompt_tokens      BIGINT  NOT NULL,
  completion_tokens  BIGINT  NOT NULL,
  cost_usd           ${usd}  NOT NULL,
  uncertain_usd      ${usd}  NOT NULL,
  saved_usd          ${usd}  NOT NULL,
  latencies          VARCHAR NOT NULL,
  version            BIGINT  NOT NULL
);
CREATE INDEX figures_of_a_day ON figures (kind, figure_day);

-- Which stored answer a question had, for prompts that ask it again (key cache.enabled). A row whose answer is gone says nothing.
CREATE TABLE cached_answers (
  cache_key  VARCHAR NOT NULL PRIMARY KEY,
  answer_id  ${id}   NOT NULL,
  model      VARCHAR NOT NULL,
  cost_usd   ${usd}  NOT NULL,
  stored_at  ${time} NOT NULL
);

-- Endpoints. configuration: a JSON object; a key in it is a reference (env:NAME or file:PATH), never the key itself.
CREATE TABLE llm_providers (
  provider_id    VARCHAR NOT NULL PRIMARY KEY,
  name           VARCHAR NOT NULL,
  provider_type  VARCHAR NOT NULL,
  api_endpoint   VARCHAR NOT NULL,
  configuration  VARCHAR NOT NULL,
  is_active      BOOLEAN NOT NULL,
  is_default     BOOLEAN NOT NULL
);
