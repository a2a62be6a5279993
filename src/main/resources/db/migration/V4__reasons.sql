-- Why a call failed or, of an answer of another model than the first, why that one did not answer. Null in rows of earlier versions.
ALTER TABLE claims ADD COLUMN reason VARCHAR;
