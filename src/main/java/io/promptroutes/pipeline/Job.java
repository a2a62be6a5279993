package io.promptroutes.pipeline;

import io.promptroutes.file.IdSet;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.Prompt;
import java.io.IOException;
import java.util.function.Predicate;
import org.apache.camel.Exchange;

/**
 * An input that ends some day: what a batch job reads, a file of the inbox, a file that a route of the user's splits. Its prompts know it as
 * exchange variable {@code job}. Thread-safe.
 */
public class Job {

    private final String name;
    private final JobSinks sinks;
    private final Predicate<String> ids;
    private final Occurrences occurrences = new Occurrences();

    /** @param name by which the ledger knows it, in later runs of the program too */
    public Job(String name, JobSinks sinks) {
        this.name = name;
        this.sinks = sinks;
        ids = new IdSet()::add;
    }

    /** One without an output of its own, whose prompts belong to their pipeline: only equal records are told apart. */
    public Job() {
        name = null;
        sinks = null;
        ids = id -> true;
    }

    /** A part of another one. */
    Job(Job whole) {
        name = whole.name;
        sinks = whole.sinks;
        ids = whole.ids;
    }

    /** False for an id that the job has had before. */
    boolean firstSeen(String id) {
        return ids.test(id);
    }

    /** The prompt as it is known: by its own id, its place in a topic, or its record. */
    Prompt identified(Prompt prompt, String pipeline) {
        return numbered(prompt, "");
    }

    final Prompt numbered(Prompt prompt, String pipeline) {
        String record = Occurrences.record(prompt, pipeline);
        return record == null ? prompt : prompt.knownBy(record + "#" + number(record));
    }

    /** How many records like it came before, that one included. */
    int number(String record) {
        return occurrences.next(record);
    }

    /** Null where there is none. */
    static Job of(Exchange exchange) {
        return exchange.getVariable(Variables.JOB, Job.class);
    }

    /** By which the ledger knows it. @param otherwise where it has no name */
    static String name(Exchange exchange, String otherwise) {
        Job job = of(exchange);
        return job == null || job.name == null ? otherwise : job.name;
    }

    static LedgerPolicy.Earlier earlier(Exchange exchange) {
        Job job = of(exchange);
        return job == null || job.sinks == null ? LedgerPolicy.Earlier.NOTHING : job.sinks;
    }

    /** For the routes: whether cost events go into its own files. */
    public boolean isKeepingCosts() {
        return sinks != null;
    }

    /** Whether cost events of the prompt of an exchange go to a topic, where they go to one at all: its job has no files for them. */
    static boolean sendsCosts(Exchange exchange) {
        Job job = of(exchange);
        return job == null || !job.isKeepingCosts();
    }

    /** Puts a cost event into its files. */
    void cost(byte[] event) throws IOException {
        sinks.cost(event);
    }
}
