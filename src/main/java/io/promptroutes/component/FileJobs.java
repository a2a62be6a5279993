package io.promptroutes.component;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.JobLine;
import org.apache.camel.Exchange;

/** Tells equal records of one file apart, which a route of the user's splits. Thread-safe. */
final class FileJobs {

    private static final String LINE = "PromptRoutesFileLine.";

    /** As long as a file is under way: all exchanges of it hold one object. */
    private final Cache<Object, Job> jobs = Caffeine.newBuilder().weakKeys().build();

    /** A record of a file, at one step of its route. */
    private record Line(String exchange, JobLine job) {
    }

    /** The same again where the step is tried again. */
    Job of(Object file, Exchange exchange, String step) {
        Line line = exchange.getProperty(LINE + step, Line.class);
        if (line == null || !line.exchange().equals(exchange.getExchangeId())) {
            line = new Line(exchange.getExchangeId(), new JobLine(jobs.get(file, id -> new Job())));
            exchange.setProperty(LINE + step, line);
        }
        return line.job();
    }
}
