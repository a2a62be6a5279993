package io.promptroutes.file;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import java.util.Iterator;
import java.util.List;

/** What comes in, each handed out when the window has a place for it. Ends early when intake stops. For one thread. */
public final class Arrivals extends Ahead<Inbound> implements AutoCloseable {

    private final InputFiles files;
    private final Iterator<Inbound> wanted;
    private final PromptWindow window;
    private final JobStatistics tally;

    /** @param wanted what is to be taken of the files: all of them, or something that reads from them */
    public Arrivals(InputFiles files, Iterator<Inbound> wanted, PromptWindow window, JobStatistics tally) {
        this.files = files;
        this.wanted = wanted;
        this.window = window;
        this.tally = tally;
    }

    @Override
    Inbound read() {
        if (!wanted.hasNext()) {
            return null;
        }
        Inbound read = wanted.next();
        if (!placed()) {
            return null;
        }
        tally.take();
        return read;
    }

    private boolean placed() {
        try {
            return window.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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
