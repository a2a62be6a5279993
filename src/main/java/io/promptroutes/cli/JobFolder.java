package io.promptroutes.cli;

import io.promptroutes.file.JobNotes;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.OwnerOnly;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The folder that a job's results are in, by which the job is known.
 *
 * @param fresh whether the job starts over
 */
record JobFolder(Path path, boolean fresh) {

    JobFolder {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UsageException("--out " + path + " is not a folder");
        }
    }

    /** A job is its output folder. On a ledger that many machines share its path alone names none: then the folder keeps a name of its own. */
    String job(Settings settings) {
        try {
            String real = OwnerOnly.folder(path).toRealPath().toString();
            if (!JobNotes.named(path) && (settings.text("ledger.url").isEmpty() || hasResults())) {
                return real;
            }
            return JobNotes.name(path, real + "#" + UUID.randomUUID().toString().substring(0, 8));
        } catch (IOException e) {
            throw new UsageException("--out " + path + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** Whose work a job's is: the files of the inbox are those of its pipeline. */
    static String pipeline(String job) {
        return job.startsWith("inbox ") ? "inbox" : LedgerPolicy.BATCH;
    }

    private boolean hasResults() {
        Path results = path.resolve(OutputFolder.RESULTS);
        return Files.exists(results) && results.toFile().length() > 0;
    }

    /** Fails where the job cannot go on with what is in the folder. @param ledger null where nothing remembers what was paid */
    void check(Ledger ledger, String job) {
        if (fresh || !hasResults()) {
            return;
        }
        if (ledger == null) {
            throw new UsageException("--out " + path + " holds results of an earlier job, which cannot be continued while key ledger.enabled is "
                    + "off; name another folder or add --fresh");
        }
        if (!ledger.history().knows(job)) {
            throw new UsageException("--out " + path + " holds results that this ledger knows nothing of, and would pay for again. Run the "
                    + "command in the folder and with the ledger.* keys of its first run, or add --fresh (answers are kept for ledger.keep)");
        }
    }

    OutputFolder open() {
        try {
            return new OutputFolder(path, fresh);
        } catch (IOException e) {
            throw new UsageException("--out " + path + " cannot be used: " + e.getMessage(), e);
        }
    }
}
