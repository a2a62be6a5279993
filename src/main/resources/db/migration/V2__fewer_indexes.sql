-- Every index costs a page or two of writing for each prompt.

-- The open calls of a process that died are found by their ids, which grow with time: they are not older than the process.
DROP INDEX claims_of_an_instance;

-- An embedded ledger has few jobs, which a scan finds; a database that many share needs the index.
${only.embedded} DROP INDEX works_of_a_job;
