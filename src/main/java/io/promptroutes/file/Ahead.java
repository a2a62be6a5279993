package io.promptroutes.file;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** An iterator that finds out whether there is another one by reading it. For one thread. */
abstract class Ahead<T> implements Iterator<T> {

    private T next;

    /** The next one, or null where there is none. */
    abstract T read();

    @Override
    public final boolean hasNext() {
        next = next == null ? read() : next;
        return next != null;
    }

    @Override
    public final T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        T given = next;
        next = null;
        return given;
    }
}
