package io.promptroutes.cli;

import io.promptroutes.component.StepOptions;
import io.promptroutes.file.CsvFile;
import io.promptroutes.file.Rows;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Recipient;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.Job;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * A job's results on standard output, in UTF-8 whatever the locale, and nothing else there. Where nobody reads any more nothing new is called; answers
 * under way are in the ledger. Thread-safe.
 */
final class StandardOut implements BatchOutput, Rows {

    private final PrintStream out;
    private final AdmissionGate intake;
    private final Job job;
    private final StepOptions shape;
    /** Null for a line of JSON each. */
    private final AnswerTable table;
    private boolean closed;

    /** @param name by which the ledger knows the job. shape, of lines. csv, whether they are rows of a table */
    StandardOut(String name, PrintStream out, AdmissionGate intake, StepOptions shape, boolean csv, boolean spreadsheet) {
        this.out = out;
        this.intake = intake;
        this.shape = shape;
        job = new Job(name, null);
        table = csv ? new AnswerTable(this, shape.fields(), spreadsheet) : null;
    }

    @Override
    public Job files() {
        return null;
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public Map<String, ?> beans() {
        return Map.of();
    }

    @Override
    public void begin(Ledger ledger, boolean fresh) {
        // what is stored is told again
    }

    @Override
    public Recipient next(Inbound inbound) {
        return table != null ? table.next(inbound, ending -> { }) : ending -> line(inbound, ending);
    }

    private void line(Inbound inbound, Ending ending) {
        byte[] line = shape.line(inbound, ending.json());
        byte[] whole = new byte[line.length + 1];
        System.arraycopy(line, 0, whole, 0, line.length);
        whole[line.length] = '\n';
        write(whole);
    }

    @Override
    public void row(long number, List<String> cells) throws IOException {
        write(CsvFile.row(cells));
    }

    private synchronized void write(byte[] bytes) {
        if (closed) {
            return;
        }
        out.write(bytes, 0, bytes.length);
        if (out.checkError()) {
            closed = true;
            intake.stop("nobody reads standard output any more");
        }
    }

    @Override
    public long end(boolean stopped, boolean whole) {
        return 0;
    }

    @Override
    public String note() {
        return table == null ? null : table.leftOut();
    }

    @Override
    public void close() {
        out.flush();
    }
}
