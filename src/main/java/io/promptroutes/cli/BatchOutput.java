package io.promptroutes.cli;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Recipient;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.Job;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Where a job's results go. One use: begin, hand out recipients, end, close. */
interface BatchOutput extends Closeable {

    /** As the engine knows it; null where its alerts and costs go into no files. */
    Job files();

    /** As prompts know it. */
    Job job();

    /** What takes the places of beans that routes name. */
    Map<String, ?> beans();

    /** With what earlier runs have left. @param ledger null where it is off. fresh, whether nothing of that counts */
    void begin(Ledger ledger, boolean fresh);

    /** Of what the next line of the input comes to. */
    Recipient next(Inbound inbound) throws IOException;

    /**
     * Nothing is under way any more.
     *
     * @param stopped whether the job goes on some other day
     * @param whole   whether all of the input was read and has ended
     * @return lines of rows that the input does not hold any more, which were put away
     */
    long end(boolean stopped, boolean whole) throws IOException;

    /** What somebody should know of it; null where there is nothing. */
    String note();
}
