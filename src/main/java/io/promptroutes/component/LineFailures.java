package io.promptroutes.component;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines of an inbox whose route, or whose result's file, fails at present. Logs one of them a minute at most. Thread-safe. */
final class LineFailures {

    private static final Logger LOG = LoggerFactory.getLogger(LineFailures.class);

    private final Map<FileLine, String> lines = new LinkedHashMap<>();
    private final LineAMinute log = new LineAMinute();

    synchronized void add(FileLine line, String why) {
        lines.put(line, why);
        if (log.due()) {
            LOG.warn("{}; it is tried again, other lines go on", why);
        }
    }

    synchronized void remove(FileLine line) {
        lines.remove(line);
    }

    /** The one that has failed for the longest time, in words; null where none does. */
    synchronized String first() {
        return lines.isEmpty() ? null : lines.values().iterator().next() + (lines.size() > 1 ? " (and " + (lines.size() - 1) + " more)" : "");
    }
}
