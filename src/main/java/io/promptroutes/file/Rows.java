package io.promptroutes.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Where the rows of a table go. Thread-safe. */
public interface Rows extends Closeable {

    /** @param number of the row, from 0 on; -1 for the header, which comes first. @throws IOException where it could not be written, and may be written again */
    void row(long number, List<String> cells) throws IOException;
}
