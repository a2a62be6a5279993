-- One schema for H2 (in PostgreSQL mode) and PostgreSQL. ${bytes} is the type for bytes of any length: it has no common name.
-- Amounts are US dollars. Points in time are the database's.

-- A running process. It is alive while its lease lasts and no later process has taken its name.
CREATE TABLE instances (
  instance_id  VARCHAR                  NOT NULL PRIMARY KEY,
  name         VARCHAR                  NOT NULL,
  started_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  lease_until  TIMESTAMP WITH TIME ZONE NOT NULL,
  superseded   BOOLEAN                  NOT NULL,
  reaped       BOOLEAN                  NOT NULL
);

-- A prompt that was called or finished. state: open, answered, dead. work_id: all that makes it what it is; identity: what it is known by
-- whatever it asks, its id or a hash of its record, so that a job can tell another instruction from another prompt.
CREATE TABLE works (
  work_id      VARCHAR                  NOT NULL PRIMARY KEY,
  job          VARCHAR                  NOT NULL,
  pipeline     VARCHAR                  NOT NULL,
  identity     VARCHAR                  NOT NULL,
  prompt_id    VARCHAR                  NOT NULL,
  tenant       VARCHAR                  NOT NULL,
  task         VARCHAR,
  state        VARCHAR                  NOT NULL,
  owner_id     VARCHAR,
  answer_id    UUID,
  model        VARCHAR,
  cost_usd     NUMERIC(38, 18),
  created_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at  TIMESTAMP WITH TIME ZONE
);
-- What was published for a work, and the cost event of a call. They stand apart and in the order of time: beside their rows, whose keys
-- are hashes, every one of them would be written again and again with its neighbours.
CREATE TABLE answers (
  answer_id  UUID     NOT NULL PRIMARY KEY,
  json       ${bytes} NOT NULL
);
CREATE TABLE events (
  claim_id  UUID     NOT NULL PRIMARY KEY,
  json      ${bytes} NOT NULL
);
CREATE INDEX works_of_a_job ON works (job, work_id);

-- A call. state: open (its outcome is not known yet), succeeded, failed, unknown (sent, no outcome), ambiguous (its process died),
-- retried (ambiguous, and called again), resolved (ambiguous, and looked up), void (never made).
-- Without a cost the reserved amount counts as spent.
CREATE TABLE claims (
  claim_id           UUID                     NOT NULL PRIMARY KEY,
  work_id            VARCHAR                  NOT NULL,
  instance_id        VARCHAR                  NOT NULL,
  job                VARCHAR                  NOT NULL,
  tenant             VARCHAR                  NOT NULL,
  task               VARCHAR,
  attempt            INTEGER                  NOT NULL,
  fallback_level     INTEGER                  NOT NULL,
  model              VARCHAR                  NOT NULL,
  reserved_usd       NUMERIC(38, 18)          NOT NULL,
  state              VARCHAR                  NOT NULL,
  claimed_at         TIMESTAMP WITH TIME ZONE NOT NULL,
  claimed_day        VARCHAR                  NOT NULL,
  settled_at         TIMESTAMP WITH TIME ZONE,
  generation_id      VARCHAR,
  served_model       VARCHAR,
  provider           VARCHAR,
  prompt_tokens      BIGINT,
  completion_tokens  BIGINT,
  reasoning_tokens   BIGINT,
  cached_tokens      BIGINT,
  cost_usd           NUMERIC(38, 18),
  cost_source        VARCHAR,
  latency_ms         BIGINT
);
CREATE INDEX claims_of_a_work ON claims (work_id);
CREATE INDEX claims_of_an_instance ON claims (instance_id, state);

-- What was spent in a scope and period, kept for every scope so that a limit set today knows what went before.
-- held: reserved by calls whose cost is not known. alert_level: percent of alert_limit that was told.
CREATE TABLE spending (
  spending_id  VARCHAR         NOT NULL PRIMARY KEY,
  scope        VARCHAR         NOT NULL,
  tenant       VARCHAR,
  model        VARCHAR,
  period       VARCHAR         NOT NULL,
  period_key   VARCHAR         NOT NULL,
  spent_usd    NUMERIC(38, 18) NOT NULL,
  held_usd     NUMERIC(38, 18) NOT NULL,
  reserved_usd NUMERIC(38, 18) NOT NULL,
  alert_level  INTEGER         NOT NULL,
  alert_limit  NUMERIC(38, 18)
);

-- Limits of tenants. model '*': all of them together.
CREATE TABLE budgets (
  tenant     VARCHAR         NOT NULL,
  model      VARCHAR         NOT NULL,
  period     VARCHAR         NOT NULL,
  limit_usd  NUMERIC(38, 18) NOT NULL,
  PRIMARY KEY (tenant, model, period)
);

-- Stored answers that were published again instead of called.
CREATE TABLE reuses (
  reuse_id   VARCHAR         NOT NULL PRIMARY KEY,
  used_day   VARCHAR         NOT NULL,
  job        VARCHAR         NOT NULL,
  tenant     VARCHAR         NOT NULL,
  task       VARCHAR,
  model      VARCHAR,
  times      BIGINT          NOT NULL,
  saved_usd  NUMERIC(38, 18) NOT NULL
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
