-- Batches at the provider: prompts that are asked together, and answered within a day.

-- state: intent (may be on its way to the provider), lost (no reply came, and it is looked for), submitted, ended (each line says what it came to),
-- refused (the provider did not take it), given_up (looked for in vain). instance_id: the process that sends it. key_hash: of the API key.
-- looks: how often it was looked for in vain. done: lines that the provider says it is through with.
CREATE TABLE batches (
  batch_id     ${id}   NOT NULL PRIMARY KEY,
  provider     VARCHAR NOT NULL,
  key_hash     VARCHAR NOT NULL,
  instance_id  VARCHAR NOT NULL,
  endpoint     VARCHAR NOT NULL,
  model        VARCHAR NOT NULL,
  only_of      VARCHAR,
  line_count   INTEGER NOT NULL,
  byte_count   BIGINT  NOT NULL,
  state        VARCHAR NOT NULL,
  created_at   ${time} NOT NULL,
  next_look    ${time} NOT NULL,
  looks        INTEGER NOT NULL,
  remote_id    VARCHAR,
  remote_state VARCHAR,
  done         INTEGER NOT NULL,
  ended_at     ${time},
  cost_usd     ${usd},
  reason       VARCHAR
);
CREATE INDEX open_batches ON batches (next_look) WHERE ended_at IS NULL;
CREATE INDEX remote_batches ON batches (remote_id);

-- A prompt in a batch. state: open, answered (raw is its line), failed (the same, and it was not billed), unknown (it may have been billed), again (it was
-- not billed, and may be asked anew). weight: its share of what the batch has cost, where it has no cost of its own. raw is kept until the claim is settled.
CREATE TABLE batch_lines (
  batch_id     ${id}   NOT NULL,
  n            INTEGER NOT NULL,
  claim_id     ${id}   NOT NULL,
  state        VARCHAR NOT NULL,
  raw          ${bytes},
  weight       ${usd},
  cost_usd     ${usd},
  shared       BOOLEAN NOT NULL,
  PRIMARY KEY (batch_id, n)
)${by.key};
CREATE INDEX lines_of_claims ON batch_lines (claim_id);

-- Who looks after the batches of a key: one process at a time.
CREATE TABLE batch_pollers (
  poller       VARCHAR NOT NULL PRIMARY KEY,
  instance_id  VARCHAR NOT NULL,
  lease_until  ${time} NOT NULL
);
