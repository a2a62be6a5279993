package io.promptroutes.registry;

import io.promptroutes.PromptFailed;

/** Reads the records of one schema. Thread-safe. */
public interface RecordReader {

    /**
     * A record's data as JSON; of one that is just a text, that text.
     *
     * @param record with its head
     * @param most   bytes that may come of it
     * @throws PromptFailed        where it is at fault
     * @throws RegistryUnreachable where the schema could not be asked for, which is no fault of the record
     */
    byte[] read(byte[] record, int most) throws PromptFailed, RegistryUnreachable;
}
