-- Which stored answer a question had, for prompts that ask it again (key cache.enabled). A row whose answer is gone says nothing.
CREATE TABLE cached_answers (
  cache_key  VARCHAR                  NOT NULL PRIMARY KEY,
  answer_id  UUID                     NOT NULL,
  model      VARCHAR                  NOT NULL,
  cost_usd   NUMERIC(38, 18)          NOT NULL,
  stored_at  TIMESTAMP WITH TIME ZONE NOT NULL
);
