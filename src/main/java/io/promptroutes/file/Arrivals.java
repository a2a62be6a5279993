package io.promptroutes.file;

import io.promptroutes.flow.Arrival;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Tally;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The lines of a job's files, one after the other, each handed out when the window has a place for it. Ends early when intake
 * stops. For one thread.
 */
public final class Arrivals implements Iterator<Arrival>, AutoCloseable {

    private final Iterator<Map.Entry<String, Path>> files;
    private final int maxBytes;
    private final Intake intake;
    private final Tally tally;
    private final List<String> unreadable = new ArrayList<>();
    private String name;
    private LineReader reader;
    private Arrival next;

    /** @param files by the name under which their lines are known */
    public Arrivals(Map<String, Path> files, int maxBytes, Intake intake, Tally tally) {
        this.files = files.entrySet().iterator();
        this.maxBytes = maxBytes;
        this.intake = intake;
        this.tally = tally;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !intake.stopped()) {
            Arrival read = read();
            if (read != null && placed()) {
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

    private Arrival read() {
        while (true) {
            try {
                if (reader != null && reader.hasNext()) {
                    Line line = reader.next();
                    return new Arrival(Source.line(name, line.number()), null, line.bytes(), line.tooLong(), line.length());
                }
                close();
                if (!files.hasNext()) {
                    return null;
                }
                Map.Entry<String, Path> file = files.next();
                name = file.getKey();
                reader = new LineReader(Files.newInputStream(file.getValue()), maxBytes);
            } catch (IOException | UncheckedIOException e) {
                unreadable.add("file " + name + " cannot be read to its end: " + e.getMessage());
                close();
            }
        }
    }

    /** Files that could not be read to their end, each with the reason; the others were. */
    public List<String> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        try (LineReader closing = reader) {
            reader = null;
        } catch (IOException e) {
            // it was only read
        }
    }
}
