package io.promptroutes.component;

import io.promptroutes.file.InboxFolder.Claim;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.JobSinks;

/** A file of the inbox that is being answered. Counts what of it is under way. Thread-safe. */
final class InboxFile {

    private final Job job;
    private final JobSinks sinks;
    private final Claim claim;
    private final OutputFolder folder;
    private final InputFiles lines;
    /** One is the file itself, until it has been read. */
    private int underWay = 1;
    private boolean left;
    private Runnable whenOver;

    /** @param name by which the ledger knows it, in later runs of the program too */
    InboxFile(String name, JobSinks sinks, Claim claim, OutputFolder folder, InputFiles lines) {
        job = new Job(name, sinks);
        this.sinks = sinks;
        this.claim = claim;
        this.folder = folder;
        this.lines = lines;
    }

    Job job() {
        return job;
    }

    JobSinks sinks() {
        return sinks;
    }

    Claim claim() {
        return claim;
    }

    OutputFolder folder() {
        return folder;
    }

    InputFiles lines() {
        return lines;
    }

    /** A line was read. */
    synchronized void take() {
        underWay++;
    }

    /** What a line came to is in the file's folder, or the line is left. */
    void finish() {
        Runnable over;
        synchronized (this) {
            over = --underWay == 0 ? whenOver : null;
        }
        if (over != null) {
            over.run();
        }
    }

    /** It was not, or will not be, answered to its end: it is to be read again. */
    synchronized void leave() {
        left = true;
    }

    synchronized boolean left() {
        return left;
    }

    /** All of it was read: runs {@code then} when nothing is under way, on the thread that ended the last of it. */
    void whenOver(Runnable then) {
        synchronized (this) {
            whenOver = then;
        }
        finish();
    }
}
