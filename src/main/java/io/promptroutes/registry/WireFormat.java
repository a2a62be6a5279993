package io.promptroutes.registry;

import io.promptroutes.PromptFailed;
import java.nio.ByteBuffer;

/** The head of a record of a schema registry: a byte 0, and the schema's id in four bytes. Stateless. */
public final class WireFormat {

    static final int HEAD = 5;
    /** As of any record that cannot be read as text. */
    static final String INVALID = "invalid_encoding";
    private static final byte MAGIC = 0;

    private WireFormat() {
    }

    /** Whether a record begins as one of a registry does, and as no text does. */
    public static boolean begins(byte[] record) {
        return record.length >= HEAD && record[0] == MAGIC && ByteBuffer.wrap(record).getInt(1) >= 0;
    }

    /** The schema's id. @throws PromptFailed where the record has no such head */
    static int id(byte[] record) throws PromptFailed {
        if (!begins(record)) {
            throw new PromptFailed(INVALID, "not in the wire format of a schema registry (a byte 0, four bytes of the schema's id, the data): "
                    + "read such records by a source windowed-kafka: without option registry", false, 0, null);
        }
        return ByteBuffer.wrap(record).getInt(1);
    }

    /** The data do not fit their schema. */
    static PromptFailed misfit(String why) {
        return new PromptFailed(INVALID, why, false, 0, null);
    }

    static PromptFailed tooLarge(int most) {
        return new PromptFailed("too_large", "the record's data are more than " + most + " bytes as JSON (key prompts.max-bytes)", false, 0, null);
    }
}
