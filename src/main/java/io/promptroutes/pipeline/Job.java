package io.promptroutes.pipeline;

import io.promptroutes.file.IdSet;
import io.promptroutes.flow.Variables;
import java.util.function.Predicate;
import org.apache.camel.Exchange;

/**
 * One input of several that a process has, such as a file of the inbox: its prompts know it as exchange variable {@code job}; those of
 * the process's only job have none. Counts what of it is under way. Thread-safe.
 */
class Job {

    private final String name;
    final JobSinks sinks;
    final Predicate<String> firstSeen = new IdSet()::add;
    final Occurrences occurrences = new Occurrences();
    /** One is the input itself, until it has been read. */
    private int underWay = 1;
    private boolean left;
    private Runnable whenOver;

    /** @param name by which the ledger knows it, in later runs of the program too */
    Job(String name, JobSinks sinks) {
        this.name = name;
        this.sinks = sinks;
    }

    /** Null where the process has one job only. */
    static Job of(Exchange exchange) {
        return exchange.getVariable(Variables.JOB, Job.class);
    }

    static String name(Exchange exchange, String otherwise) {
        Job job = of(exchange);
        return job == null ? otherwise : job.name;
    }

    /** A prompt was read. */
    synchronized void take() {
        underWay++;
    }

    /** A prompt's result or dead letter is durable. */
    void finish() {
        Runnable over;
        synchronized (this) {
            over = --underWay == 0 ? whenOver : null;
        }
        if (over != null) {
            over.run();
        }
    }

    /** The input was not, or will not be, answered to its end: it is to be read again. */
    synchronized void leave() {
        left = true;
    }

    synchronized boolean left() {
        return left;
    }

    /** Everything was read: runs {@code then} when nothing is under way, on the thread that ended the last of it. */
    void whenOver(Runnable then) {
        synchronized (this) {
            whenOver = then;
        }
        finish();
    }
}
