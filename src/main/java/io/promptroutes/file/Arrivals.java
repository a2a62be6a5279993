package io.promptroutes.file;

import io.promptroutes.flow.Arrival;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Tally;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** What comes in, each handed out when the window has a place for it. Ends early when intake stops. For one thread. */
public final class Arrivals implements Iterator<Arrival>, AutoCloseable {

    private final InputFiles files;
    private final Iterator<Arrival> wanted;
    private final Intake intake;
    private final Tally tally;
    private Arrival next;

    /** @param wanted what is to be taken of the files: all of them, or something that reads from them */
    public Arrivals(InputFiles files, Iterator<Arrival> wanted, Intake intake, Tally tally) {
        this.files = files;
        this.wanted = wanted;
        this.intake = intake;
        this.tally = tally;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !intake.stopped() && wanted.hasNext()) {
            Arrival read = wanted.next();
            if (placed()) {
                tally.take();
                next = read;
            }
        }
        return next != null;
    }

    private boolean placed() {
        try {
            return intake.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Arrival next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Arrival arrival = next;
        next = null;
        return arrival;
    }

    /** Files that could not be read to their end, each with the reason; the others were. */
    public List<String> unreadable() {
        return files.unreadable();
    }

    @Override
    public void close() {
        files.close();
    }
}
