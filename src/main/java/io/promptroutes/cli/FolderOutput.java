package io.promptroutes.cli;

import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Recipient;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.OpenAiBatch;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.JobSinks;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Processor;

/** The files of a job's folder, and the table beside them where one is wanted. */
final class FolderOutput implements BatchOutput {

    private final OutputFolder folder;
    private final Collection<String> inputs;
    private final JobSinks sinks;
    private final Job job;
    private final String name;
    /** Null where none is wanted. */
    private final AnswerTable table;

    /** @param name by which the ledger knows the job. folder, closed with this; inputs, names of all files in their order; table, closed with this */
    FolderOutput(String name, OutputFolder folder, Collection<String> inputs, BatchView view, AnswerTable table) throws IOException {
        this.name = name;
        this.folder = folder;
        this.inputs = inputs;
        this.table = table;
        if (view.order == BatchView.Order.INPUT) {
            folder.inOrderOf(inputs);
        }
        if (view.format == BatchView.Format.OPENAI) {
            folder.copy(OutputFolder.RESULTS, OutputFolder.OPENAI_OUTPUT, OpenAiBatch::output);
            folder.copy(OutputFolder.DEAD_LETTERS, OutputFolder.OPENAI_ERRORS, OpenAiBatch::error);
        }
        sinks = new JobSinks(folder);
        job = new Job(name, sinks);
    }

    @Override
    public Job files() {
        return job;
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public Map<String, ?> beans() {
        return Map.of("appendAlert", (Processor) alert -> sinks.alert(alert.getMessage().getBody(byte[].class)));
    }

    @Override
    public void begin(Ledger ledger, boolean fresh) {
        if (ledger != null && fresh) {
            ledger.forget(name).join();
        } else if (ledger != null) {
            sinks.restore(ledger, name);
        }
    }

    @Override
    public Recipient next(Inbound inbound) {
        return table == null ? sinks : table.next(inbound, sinks);
    }

    @Override
    public long end(boolean stopped, boolean whole) throws IOException {
        if (!stopped) {
            folder.finished();
        }
        return whole ? folder.retain(inputs) : 0;
    }

    @Override
    public String note() {
        return table == null ? null : table.leftOut();
    }

    @Override
    public void close() throws IOException {
        try (folder; AnswerTable closing = table) {
            // both, whatever becomes of the other
        }
    }
}
